//! Facts that move no function. Each is stored whole, and found by the keys that it is filed under.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use remit_domain::{Day, Fact, Key, Personal};

use crate::filter::Concern;
use crate::handle::{Handle, RecordHandle};
use crate::register::Register;
use crate::row::{At, Origin, Row};

use super::{Locus, Rows};

/// A fact that moves no function, and is therefore stored whole.
struct Record {
    /// The fact, without the values that may name a person. These values are stored separately, so
    /// that they can be removed.
    fact: Fact,
    /// The spans of positions over which the fact is known, one row for each span.
    rows: Vec<Row<()>>,
}

/// All facts that move no function. Each is stored whole.
#[derive(Default)]
pub(crate) struct Records {
    records: Vec<Record>,
    filed: HashMap<Key, Vec<RecordHandle>>,
    /// Whether any dispute was ever folded in. Most registers have none, and need not look.
    has_disputes: bool,
}

impl Records {
    pub fn fact(&self, record: RecordHandle) -> &Fact {
        &self.records[record.index()].fact
    }

    /// The facts filed under `key`, in log order. A fact is returned once for each of its rows,
    /// which say over which positions the fact is known.
    pub fn filed(&self, key: &Key) -> impl Iterator<Item = (&Fact, &Row<()>)> {
        let records = self.filed.get(key).into_iter().flatten();
        records.flat_map(|record| {
            let Record { fact, rows } = &self.records[record.index()];
            rows.iter().map(move |row| (fact, row))
        })
    }

    /// Whether there may be disputes among the facts.
    pub fn has_disputes(&self) -> bool {
        self.has_disputes
    }

    pub fn each_list(&mut self, record: RecordHandle, each: &mut dyn FnMut(&mut dyn Rows)) {
        each(&mut self.records[record.index()].rows);
    }

    pub fn concern(&self, record: RecordHandle, concern: &mut Concern) {
        concern.about(&self.fact(record).about());
    }
}

impl Hash for Records {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        for Record { fact, rows } in &self.records {
            (fact.kind(), fact.subject(), rows).hash(hasher);
        }
        let mut filed: Vec<_> = self.filed.iter().filter(|(_, of)| !of.is_empty()).collect();
        filed.sort_unstable();
        filed.hash(hasher);
    }
}

impl Register {
    pub(super) fn fold_record(&mut self, fact: &Fact, origin: Origin) {
        let record = RecordHandle::of(self.records.records.len());
        let about = fact.about();
        for key in &about.filed {
            let key = key.clone();
            self.list_under(record, false, move |r| {
                r.records.filed.entry(key.clone()).or_default()
            });
        }
        let row = origin.row_from(about.effective_on.unwrap_or(Day::MIN), ());
        drop(about);
        // Once set it stays set, even if the fact is undone: it only spares a search.
        self.records.has_disputes |= matches!(fact, Fact::Disputes(_));
        let mut fact = fact.clone();
        fact.each_personal_mut(|_, value| *value = Personal::KEPT_APART);
        self.records.records.push(Record { fact, rows: vec![row] });
        self.undoable(|| {
            Box::new(|register| {
                register.records.records.pop();
            })
        });
        self.place(Locus::Record(record));
    }

    /// The facts filed under `key` that are known at the position `at`, in log order, each with the
    /// row that says so.
    pub(crate) fn records_known<'r>(
        &'r self,
        key: &Key,
        at: At,
    ) -> impl Iterator<Item = (&'r Fact, &'r Row<()>)> {
        self.records.filed(key).filter(move |(_, row)| row.known(at))
    }
}
