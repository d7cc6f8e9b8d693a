//! The documents that facts rest on, each stored once.

use std::collections::HashMap;
use std::sync::Arc;

use remit_domain::{Confidence, Evidence};

use crate::handle::{EvidenceHandle, Handle};
use crate::register::Register;

/// All documents that facts rest on, each found by its handle.
#[derive(Default)]
pub(crate) struct EvidencePool {
    documents: Vec<Arc<Evidence>>,
    handles: HashMap<Arc<Evidence>, EvidenceHandle>,
    /// The document of the previous event, kept because the next event usually rests on the same
    /// document.
    last: Option<(Arc<Evidence>, EvidenceHandle)>,
}

impl EvidencePool {
    pub fn get(&self, handle: EvidenceHandle) -> &Evidence {
        &self.documents[handle.index()]
    }

    pub fn confidence(&self, handle: EvidenceHandle) -> Confidence {
        self.get(handle).confidence
    }

    pub fn len(&self) -> usize {
        self.documents.len()
    }
}

impl Register {
    pub(crate) fn intern_evidence(&mut self, evidence: &Arc<Evidence>) -> EvidenceHandle {
        if let Some((last, handle)) = &self.evidence.last
            && Arc::ptr_eq(last, evidence)
        {
            return *handle;
        }
        let handle = self.find_or_add_evidence(evidence);
        self.evidence.last = Some((Arc::clone(evidence), handle));
        handle
    }

    fn find_or_add_evidence(&mut self, evidence: &Arc<Evidence>) -> EvidenceHandle {
        let pool = &mut self.evidence;
        if let Some(handle) = pool.handles.get(evidence) {
            return *handle;
        }
        let handle = EvidenceHandle::of(pool.documents.len());
        pool.documents.push(Arc::clone(evidence));
        pool.handles.insert(Arc::clone(evidence), handle);
        self.undoable(|| {
            Box::new(|register| {
                let pool = &mut register.evidence;
                pool.last = None;
                if let Some(evidence) = pool.documents.pop() {
                    pool.handles.remove(&evidence);
                }
            })
        });
        handle
    }
}
