//! An export as a Parquet file: one row per event, for tools that read columns.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use remit_domain::Position;
use remit_shape::decode;

use crate::export::{Form, Row, Sum};
use crate::part::Part;
use crate::{ArchiveError, hex, refused};

/// The columns of the export. Only `effective_on` may be null.
const SCHEMA: &str = "
    message events {
        required int64 position;
        required int64 recorded_at (timestamp(micros, true));
        required binary type (utf8);
        required binary subject (utf8);
        optional int32 effective_on (date);
        required binary request_id (utf8);
        required binary actor (utf8);
        required binary acting_for (utf8);
        required binary data (json);
        required binary raw;
    }";
/// The number of events in one row group of the file. A row group is held in memory until the row
/// group is written.
const GROUP: usize = 50_000;

/// The rows of one row group, stored column by column.
#[derive(Default)]
struct Group {
    position: Vec<i64>,
    recorded_at: Vec<i64>,
    event_type: Vec<ByteArray>,
    subject: Vec<ByteArray>,
    effective_on: Vec<i32>,
    /// For each row, 1 if the row has an effective day and 0 if it has none.
    effective: Vec<i16>,
    request_id: Vec<ByteArray>,
    actor: Vec<ByteArray>,
    acting_for: Vec<ByteArray>,
    data: Vec<ByteArray>,
    raw: Vec<ByteArray>,
}

impl Group {
    fn push(&mut self, position: Position, bytes: &[u8]) -> Result<(), ArchiveError> {
        let row = Row::read(position, bytes)?;
        let recorded = decode(position, bytes).map_err(|e| refused(e.to_string()))?;
        let effective_on = recorded.event.fact.effective_on();
        self.position.push(i64::try_from(position.get()).unwrap_or(i64::MAX));
        self.recorded_at.push(recorded.recorded_at.micros());
        self.event_type.push(text(&row.event_type));
        self.subject.push(text(&row.subject));
        self.effective_on.extend(effective_on.map(|day| day.date().to_epoch_days()));
        self.effective.push(i16::from(effective_on.is_some()));
        self.request_id.push(text(&row.requestid));
        self.actor.push(text(&row.actor));
        self.acting_for.push(text(&row.actingfor));
        self.data.push(text(row.data.get()));
        self.raw.push(bytes.to_vec().into());
        Ok(())
    }

    /// Writes the columns of the row group in the order of the schema.
    fn write(&self, group: &mut SerializedRowGroupWriter<'_, File>) -> Result<(), ParquetError> {
        column::<Int64Type>(group, &self.position, None)?;
        column::<Int64Type>(group, &self.recorded_at, None)?;
        column::<ByteArrayType>(group, &self.event_type, None)?;
        column::<ByteArrayType>(group, &self.subject, None)?;
        column::<Int32Type>(group, &self.effective_on, Some(&self.effective))?;
        for texts in [&self.request_id, &self.actor, &self.acting_for, &self.data, &self.raw] {
            column::<ByteArrayType>(group, texts, None)?;
        }
        Ok(())
    }
}

fn text(text: &str) -> ByteArray {
    ByteArray::from(text)
}

fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    values: &[T::T],
    present: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let next = group.next_column()?;
    let mut column = next.ok_or(ParquetError::General(
        "the Parquet schema lacks a column that is being written".into(),
    ))?;
    column.typed::<T>().write_batch(values, present, None)?;
    column.close()
}

/// A Parquet export that is being written.
pub struct Columns {
    part: Part,
    writer: SerializedFileWriter<File>,
    group: Group,
}

impl Columns {
    /// Begins a Parquet export at `path`.
    ///
    /// # Errors
    /// [`ArchiveError`] if the file exists or cannot be written.
    pub fn begin(path: &Path) -> Result<Self, ArchiveError> {
        let part = Part::begin(path)?;
        let file = part.file().try_clone();
        let file =
            file.map_err(|e| ArchiveError::Io(format!("write {}", part.path().display()), e))?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let writer = parse_message_type(SCHEMA).and_then(|schema| {
            SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))
        });
        let writer = writer.map_err(|error| failed(&part, &error))?;
        Ok(Self { part, writer, group: Group::default() })
    }

    fn flush(&mut self) -> Result<(), ArchiveError> {
        let rows = std::mem::take(&mut self.group);
        let written = self.writer.next_row_group().and_then(|mut group| {
            rows.write(&mut group)?;
            group.close()
        });
        written.map(drop).map_err(|error| failed(&self.part, &error))
    }
}

fn failed(part: &Part, error: &ParquetError) -> ArchiveError {
    ArchiveError::Io(
        format!("write {}", part.path().display()),
        std::io::Error::other(error.to_string()),
    )
}

impl Form for Columns {
    fn event(&mut self, position: Position, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.group.push(position, bytes)?;
        if self.group.position.len() == GROUP { self.flush() } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>, sum: &Sum<'_>) -> Result<(), ArchiveError> {
        if !self.group.position.is_empty() {
            self.flush()?;
        }
        let Self { part, mut writer, .. } = *self;
        for (key, value) in [
            ("remit.size", sum.size.to_string()),
            ("remit.root", sum.root.to_string()),
            ("remit.digest", hex(&sum.digest)),
            ("remit.checkpoint", sum.checkpoint.to_owned()),
        ] {
            writer.append_key_value_metadata(KeyValue::new(key.to_owned(), value));
        }
        writer.close().map_err(|error| failed(&part, &error))?;
        part.finish()
    }
}
