//! Implements `Export`: sends the whole log in its stored form.

use remit_domain::Position;

use super::Api;
use super::streams::{Outlet, Over};
use crate::pb::export_response::Content;
use crate::{pb, status};

/// The maximum number of events in one message of an export. `EXPORTED_BYTES` is the number of
/// bytes after which a message is full.
const EXPORTED: usize = 1_024;
const EXPORTED_BYTES: usize = 512 << 10;

impl Api {
    /// Sends the stored bytes of the first `size` events, then the disclosures of those events.
    pub(super) async fn send_stored(
        &self,
        size: Position,
        outlet: &mut Outlet<pb::ExportResponse>,
    ) -> Result<(), Over> {
        let mut after = Position::ZERO;
        while after < size {
            let most = Position::new(size.since(after)).as_usize().min(EXPORTED);
            let (mut cloud_events, mut bytes) = (Vec::new(), 0);
            for stored in self.stored(after, most).await? {
                bytes += stored.bytes.len();
                cloud_events.push(stored.bytes);
                if bytes > EXPORTED_BYTES {
                    break;
                }
            }
            let sent = cloud_events.len() as u64;
            if sent == 0 {
                let missing = format!("event {} is missing from the log", after.next());
                return Err(status::unreadable(&missing).into());
            }
            let first_position = after.next().get();
            let events = pb::ExportedEvents { first_position, cloud_events };
            outlet.send(vec![exported(Content::Events(events))]).await?;
            after = after.plus(sent);
        }
        self.send_disclosures(size, outlet).await
    }

    /// Sends the disclosures of the first `size` events. The disclosures are read after the events
    /// were sent, so a redaction in the meantime can remove a disclosure. The importer detects and
    /// reports a disclosure that is missing.
    async fn send_disclosures(
        &self,
        size: Position,
        outlet: &mut Outlet<pb::ExportResponse>,
    ) -> Result<(), Over> {
        let beside = self.node.log().disclosures(Position::ZERO, size).await;
        let beside = beside.map_err(|error| status::log(&error))?;
        for some in beside.chunks(EXPORTED) {
            let values = some
                .iter()
                .map(|disclosure| pb::ExportedValue {
                    position: disclosure.position.get(),
                    field: disclosure.field.to_string(),
                    salt: disclosure.salt.0.to_vec(),
                    value: disclosure.value.to_string(),
                })
                .collect();
            outlet.send(vec![exported(Content::Beside(pb::ExportedBeside { values }))]).await?;
        }
        Ok(())
    }
}

pub(super) fn exported(content: Content) -> pb::ExportResponse {
    pb::ExportResponse { content: Some(content) }
}
