//! `remit audit`: checkpoints and proofs, checked here; and whether a file is whole.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use remit_engine::Node;
use remit_grpc::pb;
use remit_ledger::tree::{self, Hash};
use remit_ledger::{Checkpoint, SignerKey, VerifierKey};
use remit_log::{EventLog, SqliteLog, system_clock};

use crate::args::{Audit, AuditAct, Output};
use crate::client::Client;
use crate::failure::{DATA, Failure, NO_INPUT};
use crate::print::{self, say};

fn wrong_key(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(DATA, format!("--key: {}: {error}", path.display()))
}

/// The key that a register signs with; `None` where there is no such file.
pub fn known_signer(path: &Path) -> Result<Option<SignerKey>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => SignerKey::parse(&text).map(Some).map_err(|error| wrong_key(path, &error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(wrong_key(path, &error)),
    }
}

/// A new key under a name that no other has.
pub fn new_signer() -> Result<SignerKey, Failure> {
    let (mut seed, mut name) = ([0; 32], [0; 8]);
    getrandom::fill(&mut seed).map_err(Failure::software)?;
    getrandom::fill(&mut name).map_err(Failure::software)?;
    let name: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
    SignerKey::from_seed(&format!("remit/{name}"), seed).map_err(Failure::software)
}

/// The key that a register signs with: read, or made at the first start.
pub fn signer(path: &Path) -> Result<SignerKey, Failure> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    if let Some(key) = known_signer(path)? {
        return Ok(key);
    }
    let key = new_signer()?;
    // For its owner only, and never over another.
    let made = std::fs::File::options().write(true).create_new(true).mode(0o600).open(path);
    let write = made.and_then(|mut file| {
        file.write_all(format!("{}\n", key.secret_text()).as_bytes())?;
        file.sync_all()
    });
    write.map_err(|error| wrong_key(path, &error))?;
    Ok(key)
}

pub fn public_key(path: &Path) -> Result<VerifierKey, Failure> {
    VerifierKey::parse(&read(path)?)
        .map_err(|error| Failure::new(DATA, format!("--key: {}: {error}", path.display())))
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::new(NO_INPUT, format!("cannot read {}: {error}", path.display())))
}

fn hashes(proof: &[Vec<u8>]) -> Result<Vec<Hash>, Failure> {
    let each = proof.iter().map(|hash| Hash::try_from(hash.as_slice()));
    each.collect::<Result<_, _>>().map_err(|_| refused("a hash of the proof has not 32 bytes"))
}

fn refused(why: impl std::fmt::Display) -> Failure {
    Failure::new(DATA, format!("the proof does not stand: {why}"))
}

fn verified(note: &str, key: &VerifierKey) -> Result<Checkpoint, Failure> {
    let checked = Checkpoint::verify(note, std::slice::from_ref(key));
    checked.map(|(checkpoint, _)| checkpoint).map_err(refused)
}

pub async fn audit(client: &Client, asked: Audit, output: Output) -> Result<ExitCode, Failure> {
    let mut audit = client.audit();
    match asked.act {
        AuditAct::Key => {
            let reply = audit.get_checkpoint(pb::GetCheckpointRequest { size: 0 }).await?;
            say!("{}", reply.into_inner().public_key);
        }
        AuditAct::Checkpoint { out, since, key } => {
            let reply = audit.get_checkpoint(pb::GetCheckpointRequest { size: 0 }).await?;
            let reply = reply.into_inner();
            let key = key.as_deref().map(public_key).transpose()?;
            if let Some(key) = &key {
                let now = verified(&reply.checkpoint, key)?;
                if let Some(path) = &since {
                    grew(client, &verified(&read(path)?, key)?, &now).await?;
                }
            }
            match out {
                Some(path) => {
                    std::fs::write(&path, &reply.checkpoint).map_err(|error| {
                        Failure::new(NO_INPUT, format!("cannot write {}: {error}", path.display()))
                    })?;
                    say!("{} covers {} events", path.display(), reply.size);
                }
                None if output == Output::Json => print::json("GetCheckpointResponse", &reply)?,
                None => print::out(&reply.checkpoint),
            }
        }
        AuditAct::Prove { position, key } => {
            let key = public_key(&key)?;
            let request = pb::ProveInclusionRequest { position, size: 0 };
            let reply = audit.prove_inclusion(request).await?.into_inner();
            let checkpoint = verified(&reply.checkpoint, &key)?;
            let leaf = tree::leaf(&reply.cloud_event);
            let root = (checkpoint.size, &checkpoint.root);
            let number = position.checked_sub(1).ok_or_else(|| refused("there is no event 0"))?;
            tree::check_inclusion(&hashes(&reply.proof)?, root, (number, &leaf))
                .map_err(refused)?;
            if output == Output::Json {
                print::json("ProveInclusionResponse", &reply)?;
                return Ok(ExitCode::SUCCESS);
            }
            let size = checkpoint.size;
            say!("{}", String::from_utf8_lossy(&reply.cloud_event));
            say!("is event {position} of the {size} that {} signed for", key.name());
        }
        AuditAct::Fsck { data } => return fsck(data),
        AuditAct::Log(asked) => return crate::story::story(client, &asked, output).await,
        AuditAct::Retroactive(asked) => {
            return crate::changes::retroactive(client, &asked, output).await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// That the log of one checkpoint begins with that of an earlier one.
async fn grew(client: &Client, earlier: &Checkpoint, now: &Checkpoint) -> Result<(), Failure> {
    if earlier.origin != now.origin {
        return Err(refused(format!("{} is not {}", earlier.origin, now.origin)));
    }
    if earlier.size > now.size {
        let (before, after) = (earlier.size, now.size);
        return Err(refused(format!("there were {before} events and now there are {after}")));
    }
    if earlier.size > 0 {
        let request = pb::ProveConsistencyRequest { earlier_size: earlier.size, size: now.size };
        let reply = client.audit().prove_consistency(request).await?.into_inner();
        let (then, now) = ((earlier.size, &earlier.root), (now.size, &now.root));
        tree::check_consistency(&hashes(&reply.proof)?, now, then).map_err(refused)?;
    }
    eprintln!("remit: the log only grew, from {} events to {}", earlier.size, now.size);
    Ok(())
}

/// Opens a register as a node does, and compares every byte with every hash.
pub fn fsck(data: PathBuf) -> Result<ExitCode, Failure> {
    let damaged = |error: &dyn std::fmt::Display| Failure::new(DATA, error.to_string());
    let path = data.join("register.db");
    if !path.exists() {
        let message = format!("--data: there is no register in {}", data.display());
        return Err(Failure::new(NO_INPUT, message));
    }
    let begun = Instant::now();
    let log = SqliteLog::open(&path, system_clock()).map_err(|error| damaged(&error))?;
    let log: Arc<dyn EventLog> = Arc::new(log);
    let (size, root) = log.check().map_err(|error| damaged(&error))?;
    Node::open(Arc::clone(&log)).map_err(|error| damaged(&error))?;
    let root: String = root.iter().map(|byte| format!("{byte:02x}")).collect();
    let seconds = begun.elapsed().as_secs_f64();
    say!("{size} events are whole, root {root}, {seconds:.1} s");
    Ok(ExitCode::SUCCESS)
}
