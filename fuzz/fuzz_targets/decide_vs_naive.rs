#![cfg_attr(fuzzing, no_main)]
#![doc = "The target `decide_vs_naive`."]

iamlet_fuzz::target!(iamlet_fuzz::bodies::decide_vs_naive);
