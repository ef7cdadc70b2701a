//! What was acknowledged stays, whatever happens to the process or the disk.

mod crash;
mod full_disk;
mod sync;
