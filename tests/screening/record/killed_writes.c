/* Kills the process at the n-th call by which a file is changed: preloaded before the C library, armed by n. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static long left = 0;

void eligo_arm(long calls) { left = calls; }

static void count(void) {
    if (left > 0 && --left == 0) kill(getpid(), SIGKILL);
}

#define NEXT(type, name, ...) ((type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

ssize_t pwrite64(int file, const void *from, size_t size, off64_t at) {
    count();
    return NEXT(ssize_t, "pwrite64", int, const void *, size_t, off64_t)(file, from, size, at);
}
ssize_t pwrite(int file, const void *from, size_t size, off_t at) {
    count();
    return NEXT(ssize_t, "pwrite", int, const void *, size_t, off_t)(file, from, size, at);
}
ssize_t write(int file, const void *from, size_t size) {
    count();
    return NEXT(ssize_t, "write", int, const void *, size_t)(file, from, size);
}
int fsync(int file) {
    count();
    return NEXT(int, "fsync", int)(file);
}
int fdatasync(int file) {
    count();
    return NEXT(int, "fdatasync", int)(file);
}
int unlink(const char *path) {
    count();
    return NEXT(int, "unlink", const char *)(path);
}
int ftruncate64(int file, off64_t size) {
    count();
    return NEXT(int, "ftruncate64", int, off64_t)(file, size);
}
