//! The store in memory.

#![allow(missing_docs, reason = "tests")]

use conformance::{names, suite};
use remit_log::MemoryStore;

#[tokio::test]
async fn memory_conforms() {
    suite::conforms(&MemoryStore::new("suite")).await;
}

#[tokio::test]
async fn memory_keeps_names_and_redacts() {
    let store = MemoryStore::new("suite");
    names::keeps_names(&store).await;
    names::redacts(&store).await;
}
