module iamlet

go 1.24
