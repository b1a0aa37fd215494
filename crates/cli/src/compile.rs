//! `iamlet compile`: from a policy document to its image.

use std::fs::{self, Metadata};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use iamlet_cases::compile_document;
use tempfile::NamedTempFile;

use crate::input::read_document;
use crate::output::Status;
use crate::policy::{PolicyArguments, refusal_in};

/// Compile a policy document into a policy image
///
/// The image is written to a new file that replaces the output in one step, so the output is never half done, and is
/// as it was where the document is refused.
#[derive(Args)]
#[command(
    after_help = "Exit status: 0 if the image is written, 1 if the document is refused, 2 if a file cannot be read or written.

Example:
  iamlet compile --kind resource bucket-policy.json -o bucket-policy.iam"
)]
pub(crate) struct CompileArguments {
    #[command(flatten)]
    policy: PolicyArguments,
    /// The document; `-` for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where the image goes; `-` for standard output
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

/// Runs the command.
pub(crate) fn run(arguments: &CompileArguments) -> anyhow::Result<Status> {
    let CompileArguments { policy, file, output } = arguments;
    let text = read_document(file)?;
    let image = match compile_document(&text, policy.kind, policy.options()) {
        Ok(image) => image,
        Err(refused) => {
            writeln!(
                io::stderr(),
                "{}",
                refusal_in(file, &refused, &text, (refused.error.line, refused.error.column))
            )?;
            return Ok(Status::Bad);
        }
    };
    if output == Path::new("-") {
        io::stdout().write_all(&image)?;
    } else {
        write_image(output, &image).with_context(|| format!("cannot write `{}`", output.display()))?;
    }
    Ok(Status::Good)
}

/// Replaces the file at `path` in one step.
fn write_image(path: &Path, image: &[u8]) -> anyhow::Result<()> {
    let old = fs::metadata(path).ok();
    // A rename would replace a device by a file.
    anyhow::ensure!(old.as_ref().is_none_or(Metadata::is_file), "it is not a regular file");
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = temporary_in(folder)?;
    file.write_all(image)?;
    if let Some(old) = old {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// A new file in the folder, as readable as the files that other programs make: temporary files are private.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".iamlet-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666)).tempfile_in(folder)
    }
    #[cfg(not(unix))]
    builder.tempfile_in(folder)
}
