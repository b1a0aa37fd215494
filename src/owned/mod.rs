//! The owned floor, with the feature `alloc`: policies, sets and requests that hold their own memory. It knows every floor
//! but `ffi`; nothing knows it.
#![forbid(unsafe_code)]

mod assembly;
mod policy;
mod request;
mod set;

pub use assembly::{ActionBuf, DictionaryBuf, PrincipalBuf};
pub use policy::PolicyBuf;
pub use request::{ItemBuf, RequestBuf};
pub use set::PolicySetBuf;
