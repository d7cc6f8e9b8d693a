//! The name under which the register signs, stored as a mark: so that a key file of another
//! register is told from its own.

use remit_log::{Keep, LogError, Mark};

use super::{Desk, DeskError};

/// The name of the mark that holds the name.
const MARK: &str = "origin";

impl Desk {
    /// The name under which the register signs its checkpoints; `None` if it has not signed yet.
    ///
    /// # Errors
    /// [`LogError`] if the mark cannot be read.
    pub async fn origin(&self) -> Result<Option<String>, LogError> {
        self.log().mark(MARK).await
    }

    /// Stores the name under which the register signs from now on. Returns once it is durable.
    ///
    /// # Errors
    /// [`DeskError`] if it cannot be stored.
    pub async fn sign_as(&self, origin: &str) -> Result<(), DeskError> {
        let set = vec![Mark { name: MARK.to_owned(), value: origin.to_owned() }];
        self.log().keep(Keep { set, ..Keep::default() }).await?;
        Ok(())
    }
}
