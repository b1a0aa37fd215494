//! The panic handler of a library without `std`. Nothing reaches it: the build is checked for that.

use core::panic::PanicInfo;

unsafe extern "C" {
    fn abort() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: C's abort takes no argument and may be called at any time.
    unsafe { abort() }
}
