#![cfg_attr(fuzzing, no_main)]
#![doc = "The target `compile`."]

iamlet_fuzz::target!(iamlet_fuzz::bodies::compile);
