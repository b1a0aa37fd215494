#![cfg_attr(fuzzing, no_main)]
#![doc = "The target `wildcard`."]

iamlet_fuzz::target!(iamlet_fuzz::bodies::wildcard);
