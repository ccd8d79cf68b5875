//! The `hubchannel` program.
//!
//! `args` says what can be asked for, `connection` where it goes, `message` what is sent; `run` does it, `interrupt`
//! lets it be ended, `output` and `failure` show what came of it. `state_file` is where an emulator goes on from.

mod args;
mod connection;
mod console;
mod emulate;
mod failure;
mod interrupt;
mod lock;
mod message;
mod output;
mod run;
mod state_file;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Args;

fn main() -> ExitCode {
    let args = Args::parse();
    let style = output::Style { json: args.json };
    let result = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| failure::Failure::internal(format!("no runtime: {error}")))
        .and_then(|runtime| {
            let result = runtime.block_on(run::run(&args));
            // What still runs, as a look-up of a name may, must not hold up the result.
            runtime.shutdown_background();
            result
        });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::failure(&style, &failure);
            failure.exit_code()
        }
    }
}
