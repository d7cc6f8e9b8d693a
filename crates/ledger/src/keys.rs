//! Ed25519 keys in the text form of C2SP signed notes: `name+id+data` for a public key,
//! `PRIVATE+KEY+name+id+data` for a private key.
//!
//! The first byte of the data is the algorithm byte: the key signs notes ([`SIGNS_NOTES`]) or
//! cosigns checkpoints ([`COSIGNS`]). The id of a key depends on the algorithm byte too. Keys that
//! sign notes and keys that cosign checkpoints are different Rust types.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::note::{self, Checkpoint, NoteError};

/// The algorithm byte of a key that signs notes.
pub const SIGNS_NOTES: u8 = 1;
/// The algorithm byte of a key that cosigns checkpoints (C2SP tlog-cosignature).
pub const COSIGNS: u8 = 4;
/// The maximum number of keys in a file. The Go implementation of signed notes reads at most 100
/// signatures in a note, including those of witnesses.
pub const KEYS_MAX: usize = 32;

/// A public key of a log, with which anyone can check the log's signature of a note.
pub type VerifierKey = PublicKey<SIGNS_NOTES>;
/// A private key of a log, with which the log signs notes.
pub type SignerKey = SecretKey<SIGNS_NOTES>;
/// A public key of a witness, with which anyone can check the witness's cosignatures.
pub type WitnessKey = PublicKey<COSIGNS>;
/// A private key of a witness, with which the witness cosigns checkpoints.
pub type WitnessSigner = SecretKey<COSIGNS>;

fn key_id(name: &str, algorithm: u8, public: &[u8]) -> [u8; 4] {
    let mut hasher = Sha256::new();
    hasher.update(name.as_bytes());
    hasher.update([b'\n', algorithm]);
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

/// Splits the text of a key into its name, its id and the bytes after the algorithm byte. The
/// algorithm byte must be `algorithm`.
fn split_key(text: &str, algorithm: u8) -> Result<(&str, [u8; 4], Vec<u8>), NoteError> {
    let mut parts = text.splitn(3, '+');
    let (name, id, data) = (parts.next(), parts.next(), parts.next());
    let (Some(name), Some(id), Some(data)) = (name, id, data) else {
        return Err(NoteError::Key("it must have the form name+id+data"));
    };
    let data = STANDARD.decode(data).map_err(|_| NoteError::Key("its data are not base64"))?;
    let bytes = match data.split_first() {
        Some((found, bytes)) if *found == algorithm => bytes,
        Some((&COSIGNS, _)) => return Err(NoteError::Key("it is the key of a witness, not a log")),
        Some((&SIGNS_NOTES, _)) => {
            return Err(NoteError::Key("it is the key of a log, not a witness"));
        }
        _ => return Err(NoteError::Key("its algorithm is not Ed25519")),
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

/// Parses the text of a file of keys, one key on each line. Empty lines are skipped.
fn each_line<K>(
    text: &str,
    parse: impl Fn(&str) -> Result<K, NoteError>,
) -> Result<Vec<K>, NoteError> {
    let mut keys = Vec::new();
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    for (at, line) in lines {
        let key = parse(line).map_err(|error| NoteError::Line(at + 1, Box::new(error)))?;
        keys.push(key);
        if keys.len() > KEYS_MAX {
            return Err(NoteError::Key("a file of keys holds at most 32 keys"));
        }
    }
    match keys.is_empty() {
        true => Err(NoteError::Key("the file has no key")),
        false => Ok(keys),
    }
}

/// A public key of a log or a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey<const ALGORITHM: u8> {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl<const ALGORITHM: u8> PublicKey<ALGORITHM> {
    /// Parses a public key in the form `name+id+data`.
    ///
    /// # Errors
    /// [`NoteError::Key`] if the text is not a valid key of this kind.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (name, id, bytes) = split_key(text.trim(), ALGORITHM)?;
        let bytes = bytes.try_into().map_err(|_| NoteError::Key("the key must have 32 bytes"))?;
        let key = VerifyingKey::from_bytes(&bytes);
        let key = key.map_err(|_| NoteError::Key("its bytes are not an Ed25519 public key"))?;
        if key_id(name, ALGORITHM, key.as_bytes()) != id {
            return Err(NoteError::Key("its id is not that of its name and bytes"));
        }
        Ok(Self { name: name.to_owned(), id, key })
    }

    /// Parses the text of a file of one or more public keys, one on each line.
    ///
    /// # Errors
    /// [`NoteError`] if the keys are not valid. If a single line is at fault, the error holds the
    /// line's number.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, NoteError> {
        each_line(text, Self::parse)
    }

    /// The name of the key's owner, which is a log or a witness.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the key, which distinguishes it from other keys of the same name.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// Whether `signature` is this key's signature of `bytes`.
    pub(crate) fn signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        let signature = Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.key.verify_strict(bytes, &signature).is_ok())
    }
}

impl<const ALGORITHM: u8> std::fmt::Display for PublicKey<ALGORITHM> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut data = vec![ALGORITHM];
        data.extend(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, hex(&self.id), STANDARD.encode(data))
    }
}

/// A private key of a log or a witness.
pub struct SecretKey<const ALGORITHM: u8> {
    public: PublicKey<ALGORITHM>,
    key: SigningKey,
}

impl<const ALGORITHM: u8> SecretKey<ALGORITHM> {
    /// Makes a private key from a name and a seed of 32 bytes. The seed must be impossible to
    /// guess.
    ///
    /// # Errors
    /// [`NoteError::Key`] if the name is empty or too long, or has spaces or plus signs.
    pub fn from_seed(name: &str, seed: [u8; 32]) -> Result<Self, NoteError> {
        let name = checked_name(name)?.to_owned();
        let key = SigningKey::from_bytes(&seed);
        let id = key_id(&name, ALGORITHM, key.verifying_key().as_bytes());
        Ok(Self { public: PublicKey { name, id, key: key.verifying_key() }, key })
    }

    /// Parses a private key in the form `PRIVATE+KEY+name+id+data`.
    ///
    /// # Errors
    /// [`NoteError::Key`] if the text is not a valid key of this kind.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let rest = text.trim().strip_prefix("PRIVATE+KEY+");
        let rest = rest.ok_or(NoteError::Key("it does not begin with PRIVATE+KEY+"))?;
        let (name, id, seed) = split_key(rest, ALGORITHM)?;
        let seed = seed.try_into().map_err(|_| NoteError::Key("the key must have 32 bytes"))?;
        let key = Self::from_seed(name, seed)?;
        if key.public.id != id {
            return Err(NoteError::Key("its id is not that of its name and bytes"));
        }
        Ok(key)
    }

    /// The text of the private key, as [`SecretKey::parse`] reads it. The text must be kept secret.
    #[must_use]
    pub fn secret_text(&self) -> String {
        let mut data = vec![ALGORITHM];
        data.extend(self.key.as_bytes());
        let PublicKey { name, id, .. } = &self.public;
        format!("PRIVATE+KEY+{name}+{}+{}", hex(id), STANDARD.encode(data))
    }

    /// The public key that belongs to this private key.
    #[must_use]
    pub fn public(&self) -> &PublicKey<ALGORITHM> {
        &self.public
    }

    pub(crate) fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.key.sign(bytes).to_bytes()
    }
}

/// The private keys of one log: the current key and the earlier keys. All of them sign, so that
/// somebody who has only an old public key can still check a signature.
pub struct KeyRing(Vec<SignerKey>);

impl From<SignerKey> for KeyRing {
    fn from(key: SignerKey) -> Self {
        Self(vec![key])
    }
}

impl KeyRing {
    /// Parses private keys, one on each line, the current key first. All keys must have the same
    /// name.
    ///
    /// # Errors
    /// [`NoteError`] if the keys are not valid. If a single line is at fault, the error holds the
    /// line's number.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let keys = each_line(text, SignerKey::parse)?;
        let alike = |key: &SignerKey| key.public.name == keys[0].public.name;
        if !keys.iter().all(alike) {
            return Err(NoteError::Key(
                "the keys of a file must have one name, and these have several",
            ));
        }
        let twice =
            |(at, key): (usize, &SignerKey)| keys[..at].iter().any(|k| k.public == key.public);
        if keys.iter().enumerate().any(twice) {
            return Err(NoteError::Key("the file has one key twice"));
        }
        Ok(Self(keys))
    }

    /// Makes a new key of the same name from `seed`, and adds it as the current key.
    ///
    /// # Errors
    /// [`NoteError::Key`] if the ring is full, or already has the key that `seed` makes.
    pub fn rotated(mut self, seed: [u8; 32]) -> Result<Self, NoteError> {
        if self.0.len() >= KEYS_MAX {
            return Err(NoteError::Key("there are 32 already: remove the last lines, the oldest"));
        }
        let key = SignerKey::from_seed(self.name(), seed)?;
        if self.public().any(|public| public == key.public()) {
            return Err(NoteError::Key("the file already has the new key"));
        }
        self.0.insert(0, key);
        Ok(self)
    }

    /// The text of all the private keys, as [`KeyRing::parse`] reads it. The text must be kept
    /// secret.
    #[must_use]
    pub fn secret_text(&self) -> String {
        self.0.iter().map(|key| key.secret_text() + "\n").collect()
    }

    /// The name of the log, which is the origin in its checkpoints.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.first().map_or("", |key| key.public.name())
    }

    /// The public keys of the log, the current key first.
    pub fn public(&self) -> impl Iterator<Item = &VerifierKey> {
        self.0.iter().map(SignerKey::public)
    }

    /// Signs a checkpoint with every key. Returns the signed note.
    #[must_use]
    pub fn sign(&self, checkpoint: &Checkpoint) -> String {
        self.sign_text(&checkpoint.body())
    }

    /// Signs `text`, which must end with a line break, with every key. Returns the signed note.
    #[must_use]
    pub fn sign_text(&self, text: &str) -> String {
        note::sign(text, &self.0.iter().collect::<Vec<_>>())
    }

    /// Signs `text`, which must end with a line break, with the current key only. Returns the
    /// signed note.
    #[must_use]
    pub fn seal(&self, text: &str) -> String {
        note::sign(text, &self.0.iter().take(1).collect::<Vec<_>>())
    }
}
