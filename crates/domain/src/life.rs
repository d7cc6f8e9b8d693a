//! The life of an instrument: the states it passes through and the steps between them.
//!
//! Rules say which step may be taken from which state, by whom and by when
//! ([`RuleContent::Transition`](crate::rule::RuleContent::Transition) and other rules). This file
//! does not. The words are those of reference section 5.1.

use crate::word::vocabulary;

vocabulary! {
    /// The state of an instrument on a day. Only `InForce` has legal effect.
    State, "state";
    /// Drawn up, with no step taken yet.
    Drawn = "drawn",
    /// Applications were invited.
    Invited = "invited",
    /// The receiver expressed interest.
    InterestExpressed = "interest-expressed",
    /// The receiver applied.
    Applied = "applied",
    /// Approved.
    Approved = "approved",
    /// Approved, on conditions that must be met first.
    ConditionallyApproved = "conditionally-approved",
    /// Rejected.
    Rejected = "rejected",
    /// The receiver withdrew.
    Withdrawn = "withdrawn",
    /// It lapsed: nothing came of it.
    Lapsed = "lapsed",
    /// The documents were issued.
    DocumentsIssued = "documents-issued",
    /// The parties signed.
    Executed = "executed",
    /// It has legal effect.
    InForce = "in-force",
    /// It had legal effect, and no longer has.
    Ended = "ended",
}

vocabulary! {
    /// A step that may lead to force. It is evidence of intention and has no legal effect.
    Stage, "stage";
    /// The receiving body applied.
    Applied = "applied",
    /// NHS England approved it.
    Approved = "approved",
    /// The parties signed.
    Executed = "executed",
    /// NHS England invited applications.
    Invited = "invited",
    /// The receiving body expressed interest.
    InterestExpressed = "interest-expressed",
    /// NHS England approved it, on conditions that must be met first.
    ConditionallyApproved = "conditionally-approved",
    /// NHS England rejected it.
    Rejected = "rejected",
    /// The receiving body withdrew.
    Withdrawn = "withdrawn",
    /// It lapsed: nothing came of it.
    Lapsed = "lapsed",
    /// NHS England issued the documents.
    DocumentsIssued = "documents-issued",
}

vocabulary! {
    /// Why an instrument ended.
    EndReason, "end reason";
    /// Ended by notice or agreement.
    Terminated = "terminated",
    /// The giver withdrew it.
    Revoked = "revoked",
    /// Its time ran out.
    Expired = "expired",
    /// Another instrument took its place.
    Superseded = "superseded",
    /// A party ceased to exist.
    Dissolution = "ended-by-dissolution",
    /// An intervention was lifted, and the functions returned.
    HandedBack = "handed-back",
}

vocabulary! {
    /// A step in the life of an instrument.
    Step, "step";
    /// Invite applications.
    Invite = "invite",
    /// Express interest.
    ExpressInterest = "express-interest",
    /// Apply.
    Apply = "apply",
    /// Approve it.
    Approve = "approve",
    /// Approve it on conditions.
    ApproveConditionally = "approve-conditionally",
    /// Reject it.
    Reject = "reject",
    /// Withdraw as its receiver.
    Withdraw = "withdraw",
    /// Lapse: come to nothing.
    Lapse = "lapse",
    /// Issue the documents.
    IssueDocuments = "issue-documents",
    /// Sign it.
    Execute = "execute",
    /// Begin to have legal effect.
    Commence = "commence",
    /// Change its text.
    Vary = "vary",
    /// Attach a condition.
    AttachCondition = "attach-condition",
    /// Lift a condition.
    LiftCondition = "lift-condition",
    /// Give notice to end it.
    GiveNotice = "give-notice",
    /// End it outside the notice window, by agreement.
    Terminate = "terminate",
    /// Withdraw it as its giver.
    Revoke = "revoke",
    /// Run out of time.
    Expire = "expire",
    /// Give way to another instrument.
    Supersede = "supersede",
    /// End because a party ceased to exist.
    Dissolve = "dissolve",
    /// Hand the functions of an intervention back.
    HandBack = "hand-back",
}

vocabulary! {
    /// A side of an instrument.
    Party, "party";
    /// The bodies that give.
    Giver = "giver",
    /// The bodies that receive.
    Receiver = "receiver",
}

impl Stage {
    /// The state to which this stage leads.
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

    /// The step that leads to this stage.
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
