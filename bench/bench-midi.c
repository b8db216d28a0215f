// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Speed of reading a folder of MIDI files from memory, alone and with encoding
 * as remi, on one thread and on two, beside libsmf alone on cleaned bytes; of
 * writing; and what the worst files of 16 MiB take. */

#include "../tests/midi/clean.h"
#include "../tests/midi/worst-files.h"

#include <midi/song-private.h>
#include <partita/token.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PASSES 7
#define THREADS_MAX 2

/// The exit status by which meson knows a skipped benchmark.
#define SKIPPED 77

/// What is done to one file.
typedef void
Work(const PartitaScheme *scheme, GBytes *file);

/// A thread and its share: every @n_threads th file from @index on.
typedef struct {
  const GPtrArray *files; // GBytes
  const PartitaScheme *scheme;
  Work *work;
  guint index;
  guint n_threads;
  double cpu_s;
} Share;

static void
load(GPtrArray *files, const char *path)
{
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  g_autofree char *lower = g_ascii_strdown(path, -1);
  const char *name = NULL;

  if (dir == NULL) {
    char *bytes = NULL;
    gsize size = 0;

    if (g_str_has_suffix(lower, ".mid") &&
        g_file_get_contents(path, &bytes, &size, NULL))
      g_ptr_array_add(files, g_bytes_new_take(bytes, size));
    return;
  }
  while ((name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *inside = g_build_filename(path, name, NULL);

    if (!g_file_test(inside, G_FILE_TEST_IS_SYMLINK))
      load(files, inside);
  }
}

static void
read_one(const PartitaScheme *scheme, GBytes *file)
{
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(file, &size);

  (void)scheme;
  partita_score_free(partita_midi_read(data, size, NULL, NULL));
}

static void
encode_one(const PartitaScheme *scheme, GBytes *file)
{
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(file, &size);
  g_autoptr(PartitaScore) score = partita_midi_read(data, size, NULL, NULL);

  if (score != NULL)
    g_array_unref(partita_scheme_encode(scheme, score, NULL));
}

static void
libsmf_one(const PartitaScheme *scheme, GBytes *file)
{
  gsize size = 0;
  const void *data = g_bytes_get_data(file, &size);

  (void)scheme;
  partita_midi_song_free(smf_load_from_memory(data, (int)size));
}

static double
seconds(clockid_t clock)
{
  struct timespec now;

  clock_gettime(clock, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static gpointer
run_share(gpointer data)
{
  Share *share = data;
  const double start = seconds(CLOCK_THREAD_CPUTIME_ID);

  for (guint i = share->index; i < share->files->len; i += share->n_threads)
    share->work(share->scheme, g_ptr_array_index(share->files, i));
  share->cpu_s = seconds(CLOCK_THREAD_CPUTIME_ID) - start;
  return NULL;
}

/* Prints the speed of the fastest of some passes, by the clock on the wall and,
 * for a machine that does other work too, by the time that the threads had a
 * processor: as if each had always had one. Returns the latter. */
static double
measure(const char *name,
        Work *work,
        const PartitaScheme *scheme,
        const GPtrArray *files,
        guint n_threads)
{
  double best_s = G_MAXDOUBLE;
  double best_cpu_s = G_MAXDOUBLE;
  size_t size = 0;

  for (guint i = 0; i < files->len; ++i)
    size += g_bytes_get_size(g_ptr_array_index(files, i));
  for (int pass = 0; pass < PASSES; ++pass) {
    GThread *threads[THREADS_MAX];
    Share shares[THREADS_MAX];
    const double start = seconds(CLOCK_MONOTONIC);
    double cpu_s = 0.0;

    for (guint t = 0; t < n_threads; ++t) {
      shares[t] = (Share){files, scheme, work, t, n_threads, 0.0};
      threads[t] = g_thread_new(name, run_share, &shares[t]);
    }
    for (guint t = 0; t < n_threads; ++t) {
      (void)g_thread_join(threads[t]);
      cpu_s = MAX(cpu_s, shares[t].cpu_s);
    }
    best_s = MIN(best_s, seconds(CLOCK_MONOTONIC) - start);
    best_cpu_s = MIN(best_cpu_s, cpu_s);
  }
  g_print("midi-%s\tfiles=%u\tthreads=%u\tfiles_per_s=%.0f\tMB_per_s=%.1f\t"
          "files_per_cpu_s=%.0f\tMB_per_cpu_s=%.1f\n",
          name, files->len, n_threads, files->len / best_s,
          (double)size / best_s * 1e-6, files->len / best_cpu_s,
          (double)size / best_cpu_s * 1e-6);
  return files->len / best_cpu_s;
}

static void
measure_folder(const PartitaScheme *scheme, const GPtrArray *files)
{
  g_autoptr(GPtrArray) clean =
    g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

  for (guint i = 0; i < files->len; ++i) {
    gsize size = 0;
    const uint8_t *data = g_bytes_get_data(g_ptr_array_index(files, i), &size);
    GBytes *bytes = clean_bytes(data, size, NULL, NULL);

    if (bytes != NULL)
      g_ptr_array_add(clean, bytes);
  }
  (void)measure("libsmf", libsmf_one, scheme, clean, 1);
  (void)measure("read", read_one, scheme, files, 1);

  const double one = measure("read-encode", encode_one, scheme, files, 1);
  const double two = measure("read-encode", encode_one, scheme, files, 2);

  g_print("midi-threads\ttwo_to_one_by_cpu=%.2f\n", two / one);
}

/// In a process of its own, whose peak of memory is known.
static void
measure_worst(const PartitaScheme *scheme, const WorstFile *file, Work *work)
{
  g_autoptr(GBytes) bytes = make_worst_file(file);
  const pid_t child = fork();
  struct rusage usage;
  int status = 0;

  if (child == 0) {
    work(scheme, bytes);
    _exit(0);
  }
  if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0) {
    g_printerr("%s: the process failed\n", file->name);
    return;
  }
  g_print("midi-worst%s\tname=%s\tcpu_s=%.2f\tpeak_MB=%.0f\n",
          work == encode_one ? "-encode" : "", file->name,
          (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
            1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec),
          (double)usage.ru_maxrss * 1024e-6);
}

/// A track of @n notes, to memory.
static void
measure_write(uint32_t n)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);
  double start = 0.0;

  for (uint32_t i = 0; i < n; ++i)
    partita_track_add_note(
      track, (PartitaNote){120 * i, 100, (uint8_t)(48 + i % 24), 80});
  start = seconds(CLOCK_THREAD_CPUTIME_ID);
  g_bytes_unref(partita_midi_write(score, NULL));
  g_print("midi-write\tnotes=%u\tcpu_s=%.3f\n", n,
          seconds(CLOCK_THREAD_CPUTIME_ID) - start);
}

int
main(int argc, char **argv)
{
  g_autoptr(GPtrArray) files =
    g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  g_autoptr(PartitaScheme) scheme = partita_scheme_new("remi", NULL, NULL);
  const char *data = g_getenv("PARTITA_DATA");
  g_autofree char *set =
    data != NULL ? g_build_filename(data, "pop909", NULL) : NULL;
  const char *path = argc > 1 ? argv[1] : set;

  measure_write(100000);
  measure_write(400000);
  for (size_t i = 0; i < G_N_ELEMENTS(worst_files); ++i) {
    measure_worst(scheme, &worst_files[i], read_one);
    measure_worst(scheme, &worst_files[i], encode_one);
  }
  if (path == NULL) {
    g_printerr("usage: bench-midi FOLDER (or set PARTITA_DATA)\n");
    return SKIPPED;
  }
  load(files, path);
  if (files->len == 0) {
    g_printerr("%s: no .mid file\n", path);
    return 1;
  }
  measure_folder(scheme, files);
  return 0;
}
