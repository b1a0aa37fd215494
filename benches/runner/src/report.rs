//! x
/// x
pub fn write(_files: &[&str]) -> Result<(), String> {
    Ok(())
}
