//! Converts facts about committees to and from messages. A note of such a fact is sent in the
//! `note` field of the evidence.

use remit_domain::{DecisionTaken, Handling, InterestDeclared, Personal};

use super::{Message, embedded, messages};
use crate::fields::Fields;
use crate::value::Value;
use crate::{pb, render};

messages! {
    Handling as Handling { office, way };
}
embedded!(Handling as Handling);

impl Value for Personal {
    type Wire = String;

    fn read(fields: &mut Fields, field: &str, wire: &String) -> Option<Self> {
        fields.parse(field, wire)
    }

    fn write(&self) -> String {
        render::personal(self)
    }
}

impl Message for InterestDeclared {
    type Wire = pb::InterestDeclared;

    fn read(fields: &mut Fields, wire: &pb::InterestDeclared) -> Option<Self> {
        let office = fields.value("office", &wire.office);
        let body = fields.value("body", &wire.body);
        let interest = fields.value("interest", &wire.interest);
        let concerns = fields.value("concerns", &wire.concerns);
        let aware_on = fields.value("aware_on", &wire.aware_on);
        let declared_on = fields.value("declared_on", &wire.declared_on);
        let declared = Self {
            office: office?,
            body: body?,
            interest: interest?,
            concerns: concerns?,
            aware_on: aware_on?,
            declared_on: declared_on?,
            note: None,
        };
        if declared.declared_on < declared.aware_on {
            fields.bad("declared_on", "is before aware_on");
        }
        Some(declared)
    }

    fn write(&self) -> pb::InterestDeclared {
        pb::InterestDeclared {
            office: self.office.write(),
            body: Value::write(&self.body),
            interest: Value::write(&self.interest),
            concerns: Value::write(&self.concerns),
            aware_on: self.aware_on.write(),
            declared_on: self.declared_on.write(),
        }
    }
}

impl Message for DecisionTaken {
    type Wire = pb::DecisionTaken;

    fn read(fields: &mut Fields, wire: &pb::DecisionTaken) -> Option<Self> {
        let body = fields.value("body", &wire.body);
        let forum = fields.value("forum", &wire.forum);
        let fund = fields.value("fund", &wire.fund);
        let payment = fields.value("payment", &wire.payment);
        let decided_on = fields.value("decided_on", &wire.decided_on);
        let handled = fields.value("handled", &wire.handled);
        Some(Self {
            body: body?,
            forum: forum?,
            fund: fund?,
            payment: payment?,
            decided_on: decided_on?,
            quorate: wire.quorate,
            handled: handled?,
            note: None,
        })
    }

    fn write(&self) -> pb::DecisionTaken {
        pb::DecisionTaken {
            body: Value::write(&self.body),
            forum: Value::write(&self.forum),
            fund: Value::write(&self.fund),
            payment: Value::write(&self.payment),
            decided_on: self.decided_on.write(),
            quorate: self.quorate,
            handled: self.handled.write(),
        }
    }
}
