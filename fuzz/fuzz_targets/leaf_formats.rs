#![cfg_attr(fuzzing, no_main)]
#![doc = "The target `leaf_formats`."]

iamlet_fuzz::target!(iamlet_fuzz::bodies::leaf_formats);
