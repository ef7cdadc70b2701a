/* Loaded before the C library (LD_PRELOAD): while the file named by HELD_SYNC exists, fsync and fdatasync wait, and the file
 * named by HELD_SYNC_PENDING says that one does. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_while_held(void) {
    const char *held = getenv("HELD_SYNC");
    const char *pending = getenv("HELD_SYNC_PENDING");
    if (!held || !pending || access(held, F_OK) != 0) return;
    int file = open(pending, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (file >= 0) close(file);
    while (access(held, F_OK) == 0) usleep(1000);
}

int fsync(int file) {
    wait_while_held();
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return real(file);
}

int fdatasync(int file) {
    wait_while_held();
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    return real(file);
}
