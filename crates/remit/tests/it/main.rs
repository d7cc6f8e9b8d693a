//! The program as a person or a script meets it: processes, exit codes, files, kill -9.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs, reason = "tests")]

mod archive;
mod audit;
mod auditor;
mod command_line;
mod cosigned;
mod crash;
mod delivery;
mod gone;
mod guide;
mod loading;
mod readme;
mod served;
