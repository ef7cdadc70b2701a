/* Loaded before the C library (LD_PRELOAD): ends the process with SIGKILL at one stage of what it writes into the directory that
 * KILLED_AT_DIRECTORY names. The file that KILLED_AT names holds the stage's name; without it nothing happens.
 *
 *   written  a file is written aside, not synced        renamed  it has its name, the directory is not synced
 *   synced   it is synced, without its name             placed   the directory is synced, too
 *   moved    after that, another file was synced: the database, with the cursor
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile int renamed, placed;

/* Whether that is the stage at which to end. */
static int is_stage(const char *stage) {
    const char *path = getenv("KILLED_AT");
    FILE *file = path ? fopen(path, "re") : NULL;
    if (!file) return 0;
    char wanted[16] = "";
    int read = fscanf(file, "%15s", wanted);
    fclose(file);
    return read == 1 && strcmp(wanted, stage) == 0;
}

static void end_at(const char *stage) {
    if (is_stage(stage)) kill(getpid(), SIGKILL);
}

static int is_inside(const char *path) {
    const char *directory = getenv("KILLED_AT_DIRECTORY");
    return directory && strncmp(path, directory, strlen(directory)) == 0;
}

static int sync_with(const char *name, int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    char link[64], path[PATH_MAX + 1];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX);
    path[length < 0 ? 0 : length] = 0;
    struct stat about;
    int is_directory = fstat(file, &about) == 0 && S_ISDIR(about.st_mode);
    if (!is_inside(path)) {
        int done = real(file);
        if (placed) end_at("moved");
        return done;
    }
    if (!is_directory) end_at("written");
    int done = real(file);
    if (!is_directory) end_at("synced");
    if (is_directory && renamed) {
        placed = 1;
        end_at("placed");
    }
    return done;
}

int fsync(int file) { return sync_with("fsync", file); }

int fdatasync(int file) { return sync_with("fdatasync", file); }

int rename(const char *from, const char *to) {
    int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
    int done = real(from, to);
    if (done == 0 && is_inside(to)) {
        end_at("renamed");
        /* What was placed before the stage was named does not count. */
        renamed = is_stage("placed") || is_stage("moved");
    }
    return done;
}
