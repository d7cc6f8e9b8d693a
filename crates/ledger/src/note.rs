//! Signed checkpoints: C2SP signed notes that hold a C2SP tlog-checkpoint, signed with Ed25519.
//!
//! A note is text, an empty line, and signature lines. A line by a key that is not known is kept and
//! not judged: a witness that cosigns adds a line, and nothing else changes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::tree::Hash;

/// The algorithm byte of Ed25519 in a key.
const ED25519: u8 = 1;
/// What every signature line begins with.
const LINE: &str = "\u{2014} ";

/// Why a note, a checkpoint or a key is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The text has not the shape of a key.
    #[error("not a key of the signed-note format: {0}")]
    Key(&'static str),
    /// The text has not the shape of a note.
    #[error("not a signed note: {0}")]
    Note(&'static str),
    /// The note holds no checkpoint.
    #[error("the note holds no checkpoint: {0}")]
    Checkpoint(&'static str),
    /// None of the keys signed it.
    #[error("none of the given keys signed it")]
    NoSignature,
    /// A line names one of the keys and is not its signature.
    #[error("the signature of {0} does not stand")]
    Signature(String),
}

fn key_id(name: &str, public: &[u8]) -> [u8; 4] {
    let mut hasher = Sha256::new();
    hasher.update(name.as_bytes());
    hasher.update([b'\n', ED25519]);
    hasher.update(public);
    let digest = hasher.finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn checked_name(name: &str) -> Result<&str, NoteError> {
    let good = |c: char| !c.is_whitespace() && c != '+' && !c.is_control();
    match !name.is_empty() && name.len() <= 200 && name.chars().all(good) {
        true => Ok(name),
        false => Err(NoteError::Key("a name has no spaces and no plus signs")),
    }
}

/// Splits a key's text: its name, and the bytes after the algorithm; the id must be theirs.
fn split_key(text: &str) -> Result<(&str, [u8; 4], Vec<u8>), NoteError> {
    let mut parts = text.splitn(3, '+');
    let (name, id, data) = (parts.next(), parts.next(), parts.next());
    let (Some(name), Some(id), Some(data)) = (name, id, data) else {
        return Err(NoteError::Key("it is name+id+data"));
    };
    let data = STANDARD.decode(data).map_err(|_| NoteError::Key("its data are not base64"))?;
    let Some((&ED25519, bytes)) = data.split_first() else {
        return Err(NoteError::Key("its algorithm is not Ed25519"));
    };
    let mut wanted = [0; 4];
    let digits = (0..4).map(|at| u8::from_str_radix(id.get(2 * at..2 * at + 2)?, 16).ok());
    for (byte, digit) in wanted.iter_mut().zip(digits) {
        *byte = digit.ok_or(NoteError::Key("its id is not eight hex digits"))?;
    }
    if id.len() != 8 {
        return Err(NoteError::Key("its id is not eight hex digits"));
    }
    Ok((checked_name(name)?, wanted, bytes.to_vec()))
}

/// A public key: what anybody needs to check a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl VerifierKey {
    /// Reads `name+id+data`.
    ///
    /// # Errors
    /// [`NoteError::Key`].
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (name, id, bytes) = split_key(text.trim())?;
        let bytes = bytes.try_into().map_err(|_| NoteError::Key("it has not 32 bytes"))?;
        let key = VerifyingKey::from_bytes(&bytes);
        let key = key.map_err(|_| NoteError::Key("its bytes are no point of the curve"))?;
        if key_id(name, key.as_bytes()) != id {
            return Err(NoteError::Key("its id is not that of its name and bytes"));
        }
        Ok(Self { name: name.to_owned(), id, key })
    }

    /// Who it belongs to.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl std::fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut data = vec![ED25519];
        data.extend(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, hex(&self.id), STANDARD.encode(data))
    }
}

/// A private key.
pub struct SignerKey {
    public: VerifierKey,
    key: SigningKey,
}

impl SignerKey {
    /// The key of a name and a seed of 32 bytes that nobody can guess.
    ///
    /// # Errors
    /// [`NoteError::Key`] where the name has spaces or plus signs.
    pub fn from_seed(name: &str, seed: [u8; 32]) -> Result<Self, NoteError> {
        let name = checked_name(name)?.to_owned();
        let key = SigningKey::from_bytes(&seed);
        let id = key_id(&name, key.verifying_key().as_bytes());
        Ok(Self { public: VerifierKey { name, id, key: key.verifying_key() }, key })
    }

    /// Reads `PRIVATE+KEY+name+id+data`.
    ///
    /// # Errors
    /// [`NoteError::Key`].
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let rest = text.trim().strip_prefix("PRIVATE+KEY+");
        let rest = rest.ok_or(NoteError::Key("it does not begin with PRIVATE+KEY+"))?;
        let (name, id, seed) = split_key(rest)?;
        let seed = seed.try_into().map_err(|_| NoteError::Key("it has not 32 bytes"))?;
        let key = Self::from_seed(name, seed)?;
        if key.public.id != id {
            return Err(NoteError::Key("its id is not that of its name and bytes"));
        }
        Ok(key)
    }

    /// The text that [`SignerKey::parse`] reads. Secret.
    #[must_use]
    pub fn secret_text(&self) -> String {
        let mut data = vec![ED25519];
        data.extend(self.key.as_bytes());
        let VerifierKey { name, id, .. } = &self.public;
        format!("PRIVATE+KEY+{name}+{}+{}", hex(id), STANDARD.encode(data))
    }

    /// The public side.
    #[must_use]
    pub fn public(&self) -> &VerifierKey {
        &self.public
    }
}

/// A tree head as it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: a name that no other log has.
    pub origin: String,
    /// So many leaves: the position of the last event.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl Checkpoint {
    fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// The checkpoint as a note, signed by every key.
    #[must_use]
    pub fn sign(&self, keys: &[&SignerKey]) -> String {
        let mut note = self.body();
        let text = note.clone();
        note.push('\n');
        for signer in keys {
            let mut data = signer.public.id.to_vec();
            data.extend(signer.key.sign(text.as_bytes()).to_bytes());
            note += &format!("{LINE}{} {}\n", signer.public.name, STANDARD.encode(data));
        }
        note
    }

    /// Reads a note and checks it: at least one of the keys signed it, and no line that names one
    /// of them is wrong. Returns the checkpoint and the lines of others, as they are.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn verify(note: &str, keys: &[VerifierKey]) -> Result<(Self, Vec<String>), NoteError> {
        let (text, lines) = split(note)?;
        if lines.is_empty() || !lines.ends_with('\n') {
            return Err(NoteError::Note("it does not end with a signature line"));
        }
        let (mut signed, mut others) = (false, Vec::new());
        for line in lines.lines() {
            let rest = line.strip_prefix(LINE).and_then(|rest| rest.split_once(' '));
            let (name, data) = rest.ok_or(NoteError::Note("a line is no signature"))?;
            let decoded = STANDARD.decode(data);
            let data = decoded.map_err(|_| NoteError::Note("a signature is not base64"))?;
            let Some((id, signature)) = data.split_first_chunk::<4>() else {
                return Err(NoteError::Note("a signature is too short"));
            };
            let Some(key) = keys.iter().find(|key| key.name == name && key.id == *id) else {
                others.push(line.to_owned());
                continue;
            };
            let wrong = || NoteError::Signature(name.to_owned());
            let signature = Signature::from_slice(signature).map_err(|_| wrong())?;
            key.key.verify_strict(text.as_bytes(), &signature).map_err(|_| wrong())?;
            signed = true;
        }
        if !signed {
            return Err(NoteError::NoSignature);
        }
        let checkpoint = Self::of_text(text)?;
        Ok((checkpoint, others))
    }

    /// Reads a note and believes it: whoever has no key learns what it says, not who says so.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn unverified(note: &str) -> Result<Self, NoteError> {
        Self::of_text(split(note)?.0)
    }

    fn of_text(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.lines();
        let (origin, size, root) = (parts.next(), parts.next(), parts.next());
        let missing = NoteError::Checkpoint("it is origin, size and root, a line each");
        let (Some(origin), Some(size), Some(root)) = (origin, size, root) else {
            return Err(missing);
        };
        let size = size.parse().map_err(|_| NoteError::Checkpoint("its size is no number"))?;
        let root = STANDARD.decode(root).ok().and_then(|root| root.try_into().ok());
        let root = root.ok_or(NoteError::Checkpoint("its root is not 32 bytes of base64"))?;
        let checkpoint = Self { origin: origin.to_owned(), size, root };
        // Nothing besides, and one spelling only: no two notes say the same.
        if checkpoint.origin.is_empty() || checkpoint.body() != text {
            return Err(missing);
        }
        Ok(checkpoint)
    }
}

/// A note's text, and its signature lines.
fn split(note: &str) -> Result<(&str, &str), NoteError> {
    let split = note.rfind("\n\n").ok_or(NoteError::Note("it has no empty line"))?;
    Ok((&note[..=split], &note[split + 2..]))
}
