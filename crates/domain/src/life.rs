//! The life of an instrument: the states it passes through and the steps between them.
//!
//! Which step may be taken from which state, by whom and by when, is said by rules
//! ([`RuleContent::Transition`](crate::rule::RuleContent::Transition) and its neighbours), not
//! here. Source of the words: reference section 5.1.

use crate::word::vocabulary;

vocabulary! {
    /// A state of an instrument on a day. Only in force has legal effect.
    State, "state";
    /// Drawn up; nothing done about it yet.
    Drawn = "drawn",
    /// Applications were invited.
    Invited = "invited",
    /// The receiver expressed interest.
    InterestExpressed = "interest-expressed",
    /// The receiver applied.
    Applied = "applied",
    /// Approved.
    Approved = "approved",
    /// Approved on conditions to be met first.
    ConditionallyApproved = "conditionally-approved",
    /// Rejected.
    Rejected = "rejected",
    /// The receiver withdrew.
    Withdrawn = "withdrawn",
    /// It came to nothing.
    Lapsed = "lapsed",
    /// The documents were issued.
    DocumentsIssued = "documents-issued",
    /// The parties signed.
    Executed = "executed",
    /// It has legal effect.
    InForce = "in-force",
    /// It has had legal effect, and has none any more.
    Ended = "ended",
}

vocabulary! {
    /// A step on the way to force. Evidence of intention; none has legal effect.
    Stage, "stage";
    /// The receiving body applied.
    Applied = "applied",
    /// NHS England approved.
    Approved = "approved",
    /// The parties signed.
    Executed = "executed",
    /// NHS England invited applications.
    Invited = "invited",
    /// The receiving body expressed interest.
    InterestExpressed = "interest-expressed",
    /// NHS England approved on conditions to be met first.
    ConditionallyApproved = "conditionally-approved",
    /// NHS England rejected it.
    Rejected = "rejected",
    /// The receiving body withdrew.
    Withdrawn = "withdrawn",
    /// It came to nothing.
    Lapsed = "lapsed",
    /// NHS England issued the documents.
    DocumentsIssued = "documents-issued",
}

vocabulary! {
    /// Why an instrument ended.
    EndReason, "end reason";
    /// Ended by notice or agreement.
    Terminated = "terminated",
    /// Withdrawn by the giver.
    Revoked = "revoked",
    /// Its time ran out.
    Expired = "expired",
    /// Another instrument took its place.
    Superseded = "superseded",
    /// A party ceased to exist.
    Dissolution = "ended-by-dissolution",
    /// An intervention was lifted, and the functions went back.
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
    /// Approve.
    Approve = "approve",
    /// Approve on conditions.
    ApproveConditionally = "approve-conditionally",
    /// Reject.
    Reject = "reject",
    /// Withdraw.
    Withdraw = "withdraw",
    /// Come to nothing.
    Lapse = "lapse",
    /// Issue the documents.
    IssueDocuments = "issue-documents",
    /// Sign.
    Execute = "execute",
    /// Begin to have effect.
    Commence = "commence",
    /// Change the text.
    Vary = "vary",
    /// Attach a condition.
    AttachCondition = "attach-condition",
    /// Lift a condition.
    LiftCondition = "lift-condition",
    /// Give notice to end it.
    GiveNotice = "give-notice",
    /// End it outside the notice window.
    Terminate = "terminate",
    /// Withdraw it as its giver.
    Revoke = "revoke",
    /// Run out.
    Expire = "expire",
    /// Give place to another instrument.
    Supersede = "supersede",
    /// End because a party ceased.
    Dissolve = "dissolve",
    /// Hand an intervened function back.
    HandBack = "hand-back",
}

vocabulary! {
    /// A side of an instrument.
    Party, "party";
    /// Who gives.
    Giver = "giver",
    /// Who receives.
    Receiver = "receiver",
}

impl Stage {
    /// The state it leads to.
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

    /// The step that leads to it.
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
    /// The step that ends it for this reason.
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
