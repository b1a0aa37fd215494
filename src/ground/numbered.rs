//! Enums whose numbers are part of the C ABI, each written down once: its variants, their numbers and their texts.

/// Makes an enum of a table that has a variant in each row, with its number and so many texts; `ALL`, which has the variants
/// in the order of their numbers; and `texts`, which looks them up.
macro_rules! numbered {
    (
        $(#[$attribute:meta])*
        pub enum $name:ident: $columns:literal {
            $($(#[$doc:meta])* $variant:ident = $number:literal => $texts:expr,)+
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$doc])* $variant = $number,)+
        }

        impl $name {
            /// All of them, in the order of the numbers.
            pub const ALL: [Self; [$($number),+].len()] = [$(Self::$variant),+];

            const fn texts(self) -> [&'static str; $columns] {
                match self {
                    $(Self::$variant => $texts,)+
                }
            }
        }

        // The numbers run from 1 without a gap.
        const _: () = {
            let mut next = 1;
            $(assert!($name::$variant as usize == next); next += 1;)+
            assert!(next == $name::ALL.len() + 1);
        };
    };
}
pub(super) use numbered;
