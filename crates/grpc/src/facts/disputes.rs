//! Converts facts about disputes to and from messages.

use remit_domain::EventDisputed;

use super::messages;

messages! {
    EventDisputed as EventDisputed { about, by, reason };
}
