//! Telemetry: the log and the metrics' recorder.

mod emf;
mod function;
mod lines;
mod recorder;
mod text;

use std::cell::RefCell;
use std::io;
use std::panic;
use std::sync::Arc;

use domain::Clock;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::{EnvFilter, Registry};

pub use emf::{BUSINESS_METRICS, EmfMetrics};
pub use function::{FunctionCall, FunctionContext};
pub use lines::{Lines, LinesGuard};
pub use recorder::{install as install_metrics, upkeep};
pub use text::{ACCESS, Style, chain};

use text::{Always, Line};

thread_local! {
    static LINE: RefCell<Line> = RefCell::default();
}

/// Writes events as lines.
pub struct Log {
    style: Style,
    service: String,
    clock: Arc<dyn Clock>,
    lines: Lines,
    function: FunctionContext,
}

impl Log {
    /// A log in that style, for that service.
    pub fn new(style: Style, service: &str, clock: Arc<dyn Clock>, lines: Lines) -> Self {
        Self { style, service: service.to_owned(), clock, lines, function: FunctionContext::default() }
    }

    /// The same, with what a function's lines say of the function and of the call.
    pub fn of_function(self, function: FunctionContext) -> Self {
        Self { function, ..self }
    }

    fn write(&self, line: &mut Line, event: &Event<'_>) {
        let always = Always { service: &self.service, function: &self.function.members() };
        let text = line.format(self.style, always, self.clock.now(), event);
        self.lines.push(text, *event.metadata().level() == Level::ERROR);
    }
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        LINE.with(|line| match line.try_borrow_mut() {
            Ok(mut line) => self.write(&mut line, event),
            // A value that logs while it is being logged.
            Err(_) => self.write(&mut Line::default(), event),
        });
    }
}

/// Makes the log the process's own. Panics are logged too.
pub fn install(log: Log, filter: EnvFilter) -> io::Result<()> {
    let subscriber = Registry::default().with(filter).with(log);
    tracing::subscriber::set_global_default(subscriber).map_err(io::Error::other)?;
    panic::set_hook(Box::new(|info| {
        let message = info.payload_as_str().unwrap_or("a panic without a message");
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked: {message}");
    }));
    Ok(())
}

#[cfg(test)]
mod tests;
