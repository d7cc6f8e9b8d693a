//! Reads and writes key files. They hold the private keys with which a register signs, or the
//! public keys that check its signatures.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use remit_ledger::{KeyRing, SignerKey, VerifierKey, WitnessKey};

use crate::failure::{DATA, Failure, NO_INPUT};
use crate::print::say;

fn wrong(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::new(DATA, format!("--key: {}: {error}", path.display()))
}

fn seed() -> Result<[u8; 32], Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(Failure::software)?;
    Ok(seed)
}

/// Reads the private keys with which a register signs. Returns `None` if there is no file at
/// `path`.
pub fn known(path: &Path) -> Result<Option<KeyRing>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => KeyRing::parse(&text).map(Some).map_err(|error| wrong(path, error)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(wrong(path, error)),
    }
}

/// Generates a new signing key with a random name.
pub fn fresh() -> Result<KeyRing, Failure> {
    let mut name = [0; 8];
    getrandom::fill(&mut name).map_err(Failure::software)?;
    let name: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
    let key = SignerKey::from_seed(&format!("remit/{name}"), seed()?).map_err(Failure::software)?;
    Ok(KeyRing::from(key))
}

/// Reads the private keys with which a register signs. If there is no file at `path`, generates a
/// key and writes it to a new file.
pub fn ring(path: &Path) -> Result<KeyRing, Failure> {
    if let Some(ring) = known(path)? {
        return Ok(ring);
    }
    let ring = fresh()?;
    write_new(path, &ring).map_err(|error| wrong(path, error))?;
    eprintln!(
        "remit: made a new signing key, {}: keep it. `remit audit key` prints its public half, for \
         those who check",
        path.display()
    );
    Ok(ring)
}

/// Writes the private keys to a new file that only its owner can read. Fails if the file already
/// exists.
fn write_new(path: &Path, ring: &KeyRing) -> std::io::Result<File> {
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(ring.secret_text().as_bytes())?;
    file.sync_all()?;
    Ok(file)
}

/// Adds a new key at the front of a key file, and prints the public keys. Replaces the file in one
/// step, so that even after a power cut the file holds either only the old keys, or the new key
/// too.
pub fn rotate(path: &Path) -> Result<ExitCode, Failure> {
    let failed = |error: std::io::Error| wrong(path, error);
    // If `path` is a symbolic link, replace the file that it points to, not the link.
    let path = std::fs::canonicalize(path).map_err(|error| {
        Failure::new(NO_INPUT, format!("--key: cannot read {}: {error}", path.display()))
    })?;
    let owner = std::fs::metadata(&path).map_err(failed)?;
    let text = std::fs::read_to_string(&path).map_err(failed)?;
    let seed = seed()?;
    let ring = KeyRing::parse(&text).and_then(|ring| ring.rotated(seed));
    let ring = ring.map_err(|error| wrong(&path, error))?;
    let beside = with_ending(&path, ".new");
    let file = write_new(&beside, &ring).map_err(|error| {
        if error.kind() == ErrorKind::AlreadyExists {
            let why =
                "an earlier rotation of keys did not finish; remove this file and rotate again";
            return wrong(&beside, why);
        }
        wrong(&beside, error)
    })?;
    // Keep the owner of the file: one user may serve the register, and another may rotate its keys.
    let replaced = fchown(&file, Some(owner.uid()), Some(owner.gid()))
        .and_then(|()| std::fs::rename(&beside, &path))
        .and_then(|()| File::open(path.parent().unwrap_or(Path::new("/")))?.sync_all());
    replaced.map_err(|error| {
        let _ = std::fs::remove_file(&beside);
        wrong(&path, error)
    })?;
    ring.public().for_each(|key| say!("{key}"));
    eprintln!(
        "remit: the first of these keys is new; `remit serve` signs with all of them from its \
         next start"
    );
    Ok(ExitCode::SUCCESS)
}

/// Returns `path` with `ending` added to its file name.
pub fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Reads a file of public keys, one a line. A check passes if any one of these keys made the
/// signature.
pub fn public(path: &Path) -> Result<Vec<VerifierKey>, Failure> {
    VerifierKey::parse_all(&read(path)?).map_err(|error| wrong(path, error))
}

/// Reads a file of witnesses' public keys, one a line.
pub fn witnesses(path: &Path) -> Result<Vec<WitnessKey>, Failure> {
    let wrong = |error| Failure::new(DATA, format!("--witnesses: {}: {error}", path.display()));
    WitnessKey::parse_all(&read(path)?).map_err(wrong)
}

/// Reads a text file.
pub fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::new(NO_INPUT, format!("cannot read {}: {error}", path.display())))
}
