#![cfg_attr(fuzzing, no_main)]
#![doc = "The target `invariants`."]

iamlet_fuzz::target!(iamlet_fuzz::bodies::invariants);
