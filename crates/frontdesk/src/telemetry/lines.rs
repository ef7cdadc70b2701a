//! Log lines on their way out: handed over in memory, written in batches by a thread of their own, so that no request waits for a
//! terminal, a pipe or a disk. What does not fit is dropped and counted.

use std::fmt;
use std::io::{self, Write};
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Bytes that may wait to be written.
const PENDING_BYTES: usize = 4 * 1024 * 1024;
/// Bytes that are worth a write of their own.
const BATCH_BYTES: usize = 64 * 1024;
/// How long lines may be gathered into one write.
const GATHER: Duration = Duration::from_millis(20);
/// How long the end of the process waits for the last lines.
const LAST_LINES: Duration = Duration::from_secs(2);

/// Where log lines are handed over.
#[derive(Clone)]
pub struct Lines {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    /// A batch was written.
    written: Condvar,
    ended: Condvar,
    dropped: AtomicU64,
}

#[derive(Default)]
struct State {
    pending: Vec<u8>,
    urgent: bool,
    /// Whether a batch is being written.
    writing: bool,
    closing: bool,
    ended: bool,
}

impl fmt::Debug for Lines {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Lines").field("dropped", &self.dropped()).finish_non_exhaustive()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps the lines going; dropping it writes what is pending.
#[derive(Debug)]
pub struct LinesGuard {
    lines: Lines,
}

impl Lines {
    /// Starts the thread that writes to `output`.
    pub fn start(output: impl Write + Send + 'static) -> io::Result<(Self, LinesGuard)> {
        let lines = Self { shared: Arc::default() };
        let shared = Arc::clone(&lines.shared);
        thread::Builder::new().name("log".to_owned()).spawn(move || write_batches(&shared, output))?;
        Ok((lines.clone(), LinesGuard { lines }))
    }

    /// Hands over a whole line, its line break included. An urgent one is not held back for others.
    pub fn push(&self, line: &[u8], urgent: bool) {
        let mut state = self.shared.state();
        let before = state.pending.len();
        let after = before.saturating_add(line.len());
        if after > PENDING_BYTES {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        state.pending.extend_from_slice(line);
        state.urgent |= urgent;
        drop(state);
        if before == 0 || urgent || (before < BATCH_BYTES && after >= BATCH_BYTES) {
            self.shared.wake.notify_one();
        }
    }

    /// Waits until everything that was handed over is written, a moment at the most.
    pub fn flush(&self) {
        let mut state = self.shared.state();
        state.urgent = true;
        self.shared.wake.notify_one();
        let busy = |state: &mut State| !state.ended && (state.writing || !state.pending.is_empty());
        drop(self.shared.written.wait_timeout_while(state, LAST_LINES, busy));
    }

    /// Lines that were dropped so far.
    pub fn dropped(&self) -> u64 {
        self.shared.dropped.load(Ordering::Relaxed)
    }
}

impl Drop for LinesGuard {
    fn drop(&mut self) {
        let shared = &self.lines.shared;
        let mut state = shared.state();
        state.closing = true;
        shared.wake.notify_one();
        // Whoever reads our output may have stopped reading; the process ends all the same.
        drop(shared.ended.wait_timeout_while(state, LAST_LINES, |state| !state.ended));
    }
}

fn write_batches(shared: &Shared, mut output: impl Write) {
    let mut batch = Vec::new();
    while next_batch(shared, &mut batch) {
        // There is nowhere to report that the log itself cannot be written.
        let _ = output.write_all(&batch).and_then(|()| output.flush());
        batch.clear();
        shared.state().writing = false;
        shared.written.notify_all();
    }
    shared.state().ended = true;
    shared.ended.notify_all();
}

/// Waits for lines and takes them; false at the end.
fn next_batch(shared: &Shared, batch: &mut Vec<u8>) -> bool {
    let idle = |state: &mut State| state.pending.is_empty() && !state.closing;
    let state = shared.wake.wait_while(shared.state(), idle).unwrap_or_else(PoisonError::into_inner);
    let gathering = |state: &mut State| !state.urgent && !state.closing && state.pending.len() < BATCH_BYTES;
    let waited = shared.wake.wait_timeout_while(state, GATHER, gathering);
    let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
    mem::swap(&mut state.pending, batch);
    state.urgent = false;
    state.writing = !batch.is_empty();
    !batch.is_empty()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    struct Gate {
        open: mpsc::Receiver<()>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Gate {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.open.recv();
            self.written.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn every_line_is_written_in_order_by_the_end() {
        let written = Arc::new(Mutex::new(Vec::new()));
        let (open, gate) = mpsc::channel();
        drop(open);
        let (lines, guard) = Lines::start(Gate { open: gate, written: Arc::clone(&written) }).unwrap();
        let mut expected = Vec::new();
        for number in 0..10_000 {
            let line = format!("line {number}\n");
            lines.push(line.as_bytes(), number % 100 == 0);
            expected.extend_from_slice(line.as_bytes());
        }
        drop(guard);
        assert_eq!(*written.lock().unwrap(), expected);
        assert_eq!(lines.dropped(), 0);
    }

    #[test]
    fn what_was_flushed_is_written() {
        let written = Arc::new(Mutex::new(Vec::new()));
        let (open, gate) = mpsc::channel();
        drop(open);
        let (lines, _guard) = Lines::start(Gate { open: gate, written: Arc::clone(&written) }).unwrap();
        for _ in 0..1_000 {
            lines.push(b"a line\n", false);
            lines.flush();
            assert!(written.lock().unwrap().ends_with(b"a line\n"));
            written.lock().unwrap().clear();
        }
    }

    #[test]
    fn an_output_that_stands_still_costs_lines_but_no_memory_and_no_waiting() {
        let (open, gate) = mpsc::channel();
        let (lines, guard) = Lines::start(Gate { open: gate, written: Arc::default() }).unwrap();
        let line = vec![b'x'; 64 * 1024];
        for _ in 0..1_000 {
            lines.push(&line, false);
        }
        assert!(lines.dropped() > 800, "{}", lines.dropped());
        assert!(lines.shared.state().pending.len() <= PENDING_BYTES);
        drop(open);
        drop(guard);
    }
}
