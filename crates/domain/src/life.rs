//! The life of an instrument: the states it passes through and the steps between them.
//!
//! Rules, not this file, say which step may be taken from which state, by whom and by when
//! ([`RuleContent::Transition`](crate::rule::RuleContent::Transition) and other rules). The names
//! of the states and steps are those of reference section 5.1.

use crate::word::vocabulary;

vocabulary! {
    /// The state of an instrument on a day. Only `InForce` has legal effect.
    State, "state";
    /// The instrument is drawn up, and no step has been taken yet.
    Drawn = "drawn",
    /// NHS England invited applications for the functions.
    Invited = "invited",
    /// The receiver expressed interest in the functions.
    InterestExpressed = "interest-expressed",
    /// The receiver applied for the functions.
    Applied = "applied",
    /// NHS England approved the instrument.
    Approved = "approved",
    /// NHS England approved the instrument, on conditions that must be met first.
    ConditionallyApproved = "conditionally-approved",
    /// NHS England rejected the instrument.
    Rejected = "rejected",
    /// The receiver withdrew from the instrument.
    Withdrawn = "withdrawn",
    /// The instrument lapsed, and nothing came of it.
    Lapsed = "lapsed",
    /// NHS England issued the documents of the instrument.
    DocumentsIssued = "documents-issued",
    /// The parties signed the instrument.
    Executed = "executed",
    /// The instrument has legal effect.
    InForce = "in-force",
    /// The instrument had legal effect, and no longer has.
    Ended = "ended",
}

vocabulary! {
    /// A step of an instrument towards coming into force. Such a step is evidence of intention and
    /// has no legal effect.
    Stage, "stage";
    /// The receiving body applied for the functions.
    Applied = "applied",
    /// NHS England approved the instrument.
    Approved = "approved",
    /// The parties signed the instrument.
    Executed = "executed",
    /// NHS England invited applications for the functions.
    Invited = "invited",
    /// The receiving body expressed interest in the functions.
    InterestExpressed = "interest-expressed",
    /// NHS England approved the instrument, on conditions that must be met first.
    ConditionallyApproved = "conditionally-approved",
    /// NHS England rejected the instrument.
    Rejected = "rejected",
    /// The receiving body withdrew from the instrument.
    Withdrawn = "withdrawn",
    /// The instrument lapsed, and nothing came of it.
    Lapsed = "lapsed",
    /// NHS England issued the documents of the instrument.
    DocumentsIssued = "documents-issued",
}

vocabulary! {
    /// Why an instrument ended.
    EndReason, "end reason";
    /// The instrument ended by notice or agreement.
    Terminated = "terminated",
    /// The giver withdrew the instrument.
    Revoked = "revoked",
    /// The term of the instrument ran out.
    Expired = "expired",
    /// Another instrument took the place of this instrument.
    Superseded = "superseded",
    /// A party to the instrument ceased to exist.
    Dissolution = "ended-by-dissolution",
    /// An intervention was lifted, and the functions returned to the body that had lost them.
    HandedBack = "handed-back",
}

vocabulary! {
    /// A step in the life of an instrument.
    Step, "step";
    /// NHS England invites applications for the functions.
    Invite = "invite",
    /// The receiver expresses interest in the functions.
    ExpressInterest = "express-interest",
    /// The receiver applies for the functions.
    Apply = "apply",
    /// NHS England approves the instrument.
    Approve = "approve",
    /// NHS England approves the instrument, on conditions that must be met first.
    ApproveConditionally = "approve-conditionally",
    /// NHS England rejects the instrument.
    Reject = "reject",
    /// The receiver withdraws from the instrument.
    Withdraw = "withdraw",
    /// The instrument lapses, and nothing comes of it.
    Lapse = "lapse",
    /// NHS England issues the documents of the instrument.
    IssueDocuments = "issue-documents",
    /// The parties sign the instrument.
    Execute = "execute",
    /// The instrument comes into force: it gains legal effect.
    Commence = "commence",
    /// The text of the instrument changes.
    Vary = "vary",
    /// A condition is attached to the instrument.
    AttachCondition = "attach-condition",
    /// A condition of the instrument is lifted.
    LiftCondition = "lift-condition",
    /// A party gives notice to end the instrument.
    GiveNotice = "give-notice",
    /// The parties end the instrument by agreement, outside the notice window.
    Terminate = "terminate",
    /// The giver withdraws the instrument.
    Revoke = "revoke",
    /// The instrument ends because its term ran out.
    Expire = "expire",
    /// The instrument ends because another instrument takes its place.
    Supersede = "supersede",
    /// The instrument ends because a party ceased to exist.
    Dissolve = "dissolve",
    /// An intervention is lifted, and the functions return to the body that had lost them.
    HandBack = "hand-back",
}

vocabulary! {
    /// One side of an instrument: the giver or the receiver.
    Party, "party";
    /// The bodies that give the functions.
    Giver = "giver",
    /// The bodies that receive the functions.
    Receiver = "receiver",
}

impl Stage {
    /// The state of an instrument after this step towards coming into force.
    #[must_use]
    pub fn state(self) -> State {
        match self {
            Self::Applied => State::Applied,
            Self::Approved => State::Approved,
            Self::Executed => State::Executed,
            Self::Invited => State::Invited,
            Self::InterestExpressed => State::InterestExpressed,
            Self::ConditionallyApproved => State::ConditionallyApproved,
            Self::Rejected => State::Rejected,
            Self::Withdrawn => State::Withdrawn,
            Self::Lapsed => State::Lapsed,
            Self::DocumentsIssued => State::DocumentsIssued,
        }
    }

    /// This step towards coming into force as a [`Step`], the type of all steps of an instrument.
    #[must_use]
    pub fn step(self) -> Step {
        match self {
            Self::Applied => Step::Apply,
            Self::Approved => Step::Approve,
            Self::Executed => Step::Execute,
            Self::Invited => Step::Invite,
            Self::InterestExpressed => Step::ExpressInterest,
            Self::ConditionallyApproved => Step::ApproveConditionally,
            Self::Rejected => Step::Reject,
            Self::Withdrawn => Step::Withdraw,
            Self::Lapsed => Step::Lapse,
            Self::DocumentsIssued => Step::IssueDocuments,
        }
    }
}

impl EndReason {
    /// The step that ends an instrument for this reason.
    #[must_use]
    pub fn step(self) -> Step {
        match self {
            Self::Terminated => Step::Terminate,
            Self::Revoked => Step::Revoke,
            Self::Expired => Step::Expire,
            Self::Superseded => Step::Supersede,
            Self::Dissolution => Step::Dissolve,
            Self::HandedBack => Step::HandBack,
        }
    }
}
