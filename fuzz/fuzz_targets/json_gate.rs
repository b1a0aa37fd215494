#![cfg_attr(fuzzing, no_main)]
#![doc = "The target `json_gate`."]

iamlet_fuzz::target!(iamlet_fuzz::bodies::json_gate);
