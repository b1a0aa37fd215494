#![cfg_attr(fuzzing, no_main)]
#![doc = "The target `c_abi`."]

iamlet_fuzz::target!(iamlet_fuzz::bodies::c_abi);
