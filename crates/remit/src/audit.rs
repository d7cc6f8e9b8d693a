//! Implements `remit audit`: gets checkpoints and proofs from a server and checks them in this
//! process. Also implements the check of a register's file, which needs no server.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use remit_engine::Node;
use remit_grpc::pb;
use remit_ledger::tree::{self, Hash};
use remit_ledger::{Checkpoint, Cosigned, VerifierKey};
use remit_log::{Log, Tree, TreeHead, system_clock};
use remit_stores::SqliteStore;

use crate::args::{AskedCheckpoint, Audit, AuditAct, Output};
use crate::client::Client;
use crate::failure::{DATA, Failure, NO_INPUT};
use crate::keys::{self, read};
use crate::print::{self, say};
use crate::statement::{self, Files};

fn hashes(proof: &[Vec<u8>]) -> Result<Vec<Hash>, Failure> {
    let each = proof.iter().map(|hash| Hash::from_slice(hash));
    each.collect::<Option<_>>().ok_or_else(|| refused("a hash of the proof must have 32 bytes"))
}

fn refused(why: impl std::fmt::Display) -> Failure {
    Failure::new(DATA, format!("the proof does not stand: {why}"))
}

fn verified(note: &str, keys: &[VerifierKey]) -> Result<Checkpoint, Failure> {
    let checked = Checkpoint::verify(note, keys);
    checked.map(|(checkpoint, _)| checkpoint).map_err(refused)
}

pub async fn audit(client: &Client, asked: Audit, output: Output) -> Result<ExitCode, Failure> {
    match asked.act {
        AuditAct::Key => key(client).await,
        AuditAct::Checkpoint(asked) => checkpoint(client, &asked, output).await,
        AuditAct::Prove { position, key } => prove(client, position, &key, output).await,
        AuditAct::Statement { question, out, page } => {
            let question = crate::questions::request(&question);
            statement::who_holds(client, question, &Files { out, page }, output).await
        }
        AuditAct::Nothing { key, after, until, out, page } => {
            let files = Files { out, page };
            statement::nothing(client, key, (after, until), &files, output).await
        }
        AuditAct::Cosign { file } => cosign(client, &file, output).await,
        AuditAct::Rotate { key } => keys::rotate(&key),
        AuditAct::Fsck { data } => fsck(data).await,
        AuditAct::Log(asked) => crate::story::story(client, &asked, output).await,
        AuditAct::Retroactive(asked) => crate::changes::retroactive(client, &asked, output).await,
    }
}

async fn key(client: &Client) -> Result<ExitCode, Failure> {
    let reply = client.audit().get_checkpoint(pb::GetCheckpointRequest::default()).await?;
    let reply = reply.into_inner();
    say!("{}", reply.public_key);
    reply.former_public_keys.iter().for_each(|key| say!("{key}"));
    Ok(ExitCode::SUCCESS)
}

async fn checkpoint(
    client: &Client,
    asked: &AskedCheckpoint,
    output: Output,
) -> Result<ExitCode, Failure> {
    let request = pb::GetCheckpointRequest { size: 0, cosigned: asked.cosigned };
    let mut reply = client.audit().get_checkpoint(request).await?.into_inner();
    let keys = asked.key.as_deref().map(keys::public).transpose()?;
    if let Some(keys) = &keys {
        let now = verified(&reply.checkpoint, keys)?;
        if let Some(path) = &asked.since {
            grew(client, &verified(&read(path)?, keys)?, &now).await?;
        }
    }
    if let Some(path) = &asked.witnesses {
        reply.cosignatures = cosignatures(&reply.checkpoint, path)?;
    }
    say_who(&reply.cosignatures);
    match &asked.out {
        Some(path) => {
            std::fs::write(path, &reply.checkpoint).map_err(|error| {
                Failure::new(NO_INPUT, format!("cannot write {}: {error}", path.display()))
            })?;
            say!("{} covers {} events", path.display(), reply.size);
        }
        None if output == Output::Json => print::json("GetCheckpointResponse", &reply)?,
        None => print::out(&reply.checkpoint),
    }
    Ok(ExitCode::SUCCESS)
}

async fn prove(
    client: &Client,
    position: u64,
    key: &Path,
    output: Output,
) -> Result<ExitCode, Failure> {
    let keys = keys::public(key)?;
    let request = pb::ProveInclusionRequest { position, size: 0 };
    let reply = client.audit().prove_inclusion(request).await?.into_inner();
    let checkpoint = verified(&reply.checkpoint, &keys)?;
    let leaf = tree::leaf(&reply.cloud_event);
    let root = (checkpoint.size, &checkpoint.root);
    let number = position.checked_sub(1).ok_or_else(|| refused("there is no event 0"))?;
    tree::check_inclusion(&hashes(&reply.proof)?, root, (number, &leaf)).map_err(refused)?;
    if output == Output::Json {
        print::json("ProveInclusionResponse", &reply)?;
        return Ok(ExitCode::SUCCESS);
    }
    let size = checkpoint.size;
    say!("{}", String::from_utf8_lossy(&reply.cloud_event));
    say!(
        "The event above is event {position} of the {size} events that {} signed for",
        checkpoint.origin
    );
    Ok(ExitCode::SUCCESS)
}

async fn cosign(client: &Client, file: &Path, output: Output) -> Result<ExitCode, Failure> {
    let checkpoint = match file.as_os_str() == "-" {
        true => std::io::read_to_string(std::io::stdin()).map_err(Failure::software)?,
        false => read(file)?,
    };
    let request = pb::AddCosignaturesRequest { checkpoint };
    let reply = client.audit().add_cosignatures(request).await?.into_inner();
    if output == Output::Json {
        print::json("AddCosignaturesResponse", &reply)?;
        return Ok(ExitCode::SUCCESS);
    }
    say!("the newest cosigned checkpoint covers {} events", reply.size);
    say_who(&reply.cosignatures);
    Ok(ExitCode::SUCCESS)
}

/// Returns the cosignatures of `note` by the witnesses listed in the file `witnesses`.
fn cosignatures(note: &str, witnesses: &Path) -> Result<Vec<pb::Cosignature>, Failure> {
    let cosigned = Cosigned::verify(note, &keys::witnesses(witnesses)?).map_err(refused)?;
    let wire = cosigned.cosignatures.into_iter().map(|cosignature| pb::Cosignature {
        witness: cosignature.witness,
        cosigned_at: i64::try_from(cosignature.time)
            .ok()
            .map(|seconds| prost_types::Timestamp { seconds, nanos: 0 }),
    });
    Ok(wire.collect())
}

/// Prints to standard error who cosigned a checkpoint. Standard output then holds only the note,
/// and can be redirected to a file.
fn say_who(cosignatures: &[pb::Cosignature]) {
    for pb::Cosignature { witness, cosigned_at } in cosignatures {
        eprintln!("remit: cosigned by {witness} at {}", print::instant(*cosigned_at));
    }
}

/// Checks that the events of the checkpoint `now` begin with the events of the checkpoint
/// `earlier`.
async fn grew(client: &Client, earlier: &Checkpoint, now: &Checkpoint) -> Result<(), Failure> {
    if earlier.origin != now.origin {
        return Err(refused(format!("{} is not {}", earlier.origin, now.origin)));
    }
    if earlier.size > now.size {
        let (before, after) = (earlier.size, now.size);
        return Err(refused(format!(
            "the earlier checkpoint covers {before} events and the present one only {after}"
        )));
    }
    if earlier.size > 0 {
        let request = pb::ProveConsistencyRequest { earlier_size: earlier.size, size: now.size };
        let reply = client.audit().prove_consistency(request).await?.into_inner();
        let (then, now) = ((earlier.size, &earlier.root), (now.size, &now.root));
        tree::check_consistency(&hashes(&reply.proof)?, now, then).map_err(refused)?;
    }
    let (then, now) = (earlier.size, now.size);
    eprintln!("remit: the log grew from {then} events to {now}; no earlier event was changed");
    Ok(())
}

/// Checks a register's file without a server: compares every stored byte with its hash, then folds
/// all events as a node does.
pub async fn fsck(data: PathBuf) -> Result<ExitCode, Failure> {
    let damaged = |error: &dyn std::error::Error| Failure::caused(DATA, error);
    let path = data.join("register.db");
    if !path.exists() {
        let message = format!("--data: there is no register in {}", data.display());
        return Err(Failure::new(NO_INPUT, message));
    }
    let begun = Instant::now();
    let store = SqliteStore::open(&path).map_err(|error| damaged(&error))?;
    let TreeHead { size, root } = store.check().await.map_err(|error| damaged(&error))?;
    let node = Node::open(Log::new(store, system_clock())).await;
    node.map_err(|error| damaged(&error))?;
    let seconds = begun.elapsed().as_secs_f64();
    say!("{size} events are whole, root {root}; checked in {seconds:.1} s");
    Ok(ExitCode::SUCCESS)
}
