//! What is said of calls, for tests that search it: by errors, and by the spans and events of this project.

use std::{cell::RefCell, error::Error, fmt, sync::Once};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

thread_local! {
    /// A test's calls are made on its own thread, and other tests run beside it.
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Writes down from now on what spans and events say.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Log).unwrap());
}

/// What spans and events have said on this thread since the last time.
pub(crate) fn by_spans() -> String {
    SAID.take()
}

/// An error in every way to show it, and all that caused it.
pub(crate) fn by_error(error: &(dyn Error + 'static)) -> String {
    let mut said = String::new();
    let mut next = Some(error);
    while let Some(of) = next {
        said.push_str(&format!("{of}\n{of:?}\n{of:#?}\n"));
        next = of.source();
    }
    said
}

/// Writes down every field of every span and event of this project.
struct Log;

struct Writer<'a>(&'a mut String);

impl Visit for Writer<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.push_str(&format!("{field}={value:?} "));
    }
}

fn write(record: impl FnOnce(&mut Writer<'_>)) {
    SAID.with_borrow_mut(|said| record(&mut Writer(said)));
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("hubchannel")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        write(|writer| span.record(writer));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        write(|writer| values.record(writer));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        write(|writer| event.record(writer));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
