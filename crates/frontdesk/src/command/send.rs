//! Getting an operation done: by the running server, else here.

use std::sync::Arc;

use tokio::runtime;

use crate::ambient::{SystemClock, SystemIds};
use crate::compose::Instance;
use crate::config::InstanceArgs;
use crate::control::{Answer, Operation, ask, execute};
use crate::error::{Error, Outcome};
use crate::home;

/// Has the operation done.
pub(super) fn send(args: &InstanceArgs, operation: Operation) -> Outcome<Answer> {
    match ask(&args.data.data, &operation)? {
        Some(Ok(answer)) => Ok(answer),
        Some(Err(refusal)) => Err(Error::Command(refusal)),
        None => alone(args, operation),
    }
}

fn alone(args: &InstanceArgs, operation: Operation) -> Outcome<Answer> {
    let data = &args.data.data;
    if !data.is_dir() {
        let text = format!(
            "there is no data directory {}; name one with --data, or let `frontdesk serve` create it",
            data.display()
        );
        return Err(Error::Usage(text));
    }
    let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(Error::runtime("the threads cannot be started"))?;
    let (setup, clock, ids) = (args.setup(args.address.listen)?, Arc::new(SystemClock), Arc::new(SystemIds));
    home::check(data, &setup)?;
    let instance = runtime.block_on(Instance::open(setup, clock, ids))?;
    let answer = runtime.block_on(async {
        if instance.identity.pool().is_ok() {
            instance.identity.prepare().await?;
        }
        execute(operation, &instance).await
    });
    instance.backing.close();
    Ok(match answer? {
        // A server that has just ended may seem to run its pipelines still.
        Answer::Events(answer) if !instance.is_shared => Answer::Events(answer.while_nobody_runs()),
        answer => answer,
    })
}
