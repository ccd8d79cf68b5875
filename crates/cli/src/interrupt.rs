//! Ctrl-C, and being told to end, while a call is under way or an emulator runs.

use std::{
    future::poll_fn,
    io,
    pin::{Pin, pin},
    task::Poll,
};

use crate::failure::Failure;

/// What comes once somebody wants the program to end.
pub(crate) type Ending = Pin<Box<dyn Future<Output = ()>>>;

/// What comes of a call that may change something, unless the program is to end before; `None` then. The call does not
/// begin before signals are caught.
pub(crate) async fn unless_interrupted<T>(call: impl Future<Output = T>) -> Result<Option<T>, Failure> {
    let mut ending = ending()?;
    let mut call = pin!(call);
    Ok(poll_fn(|context| match call.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => ending.as_mut().poll(context).map(|()| None),
    })
    .await)
}

/// Hears of it from here on: by Ctrl-C, and where there are signals by SIGTERM.
pub(crate) fn ending() -> Result<Ending, Failure> {
    signals().map_err(|error| Failure::internal(format!("cannot wait for signals: {error}")))
}

#[cfg(unix)]
fn signals() -> io::Result<Ending> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut signals = [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
    Ok(Box::pin(poll_fn(move |context| {
        let told = signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
        if told { Poll::Ready(()) } else { Poll::Pending }
    })))
}

#[cfg(windows)]
fn signals() -> io::Result<Ending> {
    let mut signal = tokio::signal::windows::ctrl_c()?;
    Ok(Box::pin(async move { drop(signal.recv().await) }))
}
