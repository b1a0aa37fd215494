#![cfg_attr(fuzzing, no_main)]
#![doc = "The target `image`."]

iamlet_fuzz::target!(iamlet_fuzz::bodies::image);
