//! Values that have a name each.

use core::fmt;

/// No value of a type has this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnknownName;

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing has this name")
    }
}

impl core::error::Error for UnknownName {}

/// Makes `Display` write the name of a value, and `FromStr` find the value by it. The type has all its values in `ALL`.
macro_rules! by_name {
    ($type:ty, $name:ident) => {
        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.$name())
            }
        }

        impl core::str::FromStr for $type {
            type Err = $crate::ground::name::UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.into_iter().find(|value| value.$name() == name);
                found.ok_or($crate::ground::name::UnknownName)
            }
        }
    };
}

pub(crate) use by_name;
