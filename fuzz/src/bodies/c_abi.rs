//! later
/// later
pub fn c_abi(_: &[u8]) {}
