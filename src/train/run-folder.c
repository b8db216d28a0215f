// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/file.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <train/events-private.h>
#include <train/run-private.h>
#include <unistd.h>

#define LOG_NAME "log.jsonl"
#define EVENTS_PREFIX "events.out.tfevents."
#define LOG_MAX ((size_t)1 << 30)
/// How every line of the log begins; the number of the step follows.
#define LINE_BEGIN "{\"step\":"

struct PartitaRunFolder {
  char *path;
  char *checkpoint;
  char *log_path;
  char *events_path;
  int lock;   // the folder itself
  int log;    // -1 if not open
  int events; // -1 if not open
};

static bool
fail(GError **error, int code, const char *doing, const char *path)
{
  g_autofree char *shown = partita_file_display(path);

  g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(code),
              "%s: cannot %s: %s", shown, doing, g_strerror(code));
  return false;
}

static void
close_file(int *fd)
{
  if (*fd >= 0)
    (void)close(*fd);
  *fd = -1;
}

void
partita_run_folder_free(PartitaRunFolder *folder)
{
  if (folder == NULL)
    return;
  close_file(&folder->events);
  close_file(&folder->log);
  if (folder->lock >= 0)
    (void)g_rmdir(folder->path); // if the run ended before it left anything
  close_file(&folder->lock);
  g_free(folder->events_path);
  g_free(folder->log_path);
  g_free(folder->checkpoint);
  g_free(folder->path);
  g_free(folder);
}

// The kernel lets go of the lock however the program ends. Where the file
// system knows no locks, none is taken.
static bool
lock(PartitaRunFolder *folder, GError **error)
{
  folder->lock = g_open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (folder->lock < 0)
    return fail(error, errno, "open", folder->path);
  if (flock(folder->lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
    return true;

  close_file(&folder->lock); // which is another's: this run leaves it alone

  g_autofree char *shown = partita_file_display(folder->path);

  g_set_error(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_BUSY,
              "%s: another training is at work here", shown);
  return false;
}

PartitaRunFolder *
partita_run_folder_open(const char *path, GError **error)
{
  g_autoptr(PartitaRunFolder) folder = g_new0(PartitaRunFolder, 1);

  folder->path = g_strdup(path);
  folder->checkpoint = g_build_filename(path, PARTITA_CHECKPOINT_NAME, NULL);
  folder->log_path = g_build_filename(path, LOG_NAME, NULL);
  folder->lock = folder->log = folder->events = -1;
  if (g_mkdir(path, 0777) != 0 && errno != EEXIST) {
    fail(error, errno, "make", path);
    return NULL;
  }
  if (!lock(folder, error))
    return NULL;
  partita_file_sweep(folder->checkpoint);
  return g_steal_pointer(&folder);
}

const char *
partita_run_folder_get_checkpoint(const PartitaRunFolder *folder)
{
  return folder->checkpoint;
}

// Writes with one call, so that a killed run tears one line at most.
static bool
append(int fd, const void *bytes, size_t size, const char *path, GError **error)
{
  const uint8_t *at = bytes;

  while (size > 0) {
    const ssize_t n = write(fd, at, size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail(error, errno, "write", path);
    at += n;
    size -= (size_t)n;
  }
  return true;
}

// Bytes of the whole lines up to step @step.
static size_t
measure_lines(const char *text, size_t size, uint64_t step)
{
  size_t kept = 0;

  while (kept < size) {
    const char *line = text + kept;
    const char *end = memchr(line, '\n', size - kept);

    if (end == NULL || strncmp(line, LINE_BEGIN, strlen(LINE_BEGIN)) != 0 ||
        g_ascii_strtoull(line + strlen(LINE_BEGIN), NULL, 10) > step)
      break;
    kept = (size_t)(end + 1 - text);
  }
  return kept;
}

// What a killed run logged after its last checkpoint will be logged again.
static bool
cut_log(const PartitaRunFolder *folder, uint64_t step, GError **error)
{
  if (step == 0 || !g_file_test(folder->log_path, G_FILE_TEST_EXISTS))
    return partita_file_replace_bytes(folder->log_path, "", 0, error);

  g_autoptr(GBytes) bytes = partita_file_read(folder->log_path, LOG_MAX, error);
  gsize size = 0;

  if (bytes == NULL)
    return false;

  const char *const text = g_bytes_get_data(bytes, &size);
  const size_t kept = measure_lines(text, size, step);

  return kept == size ||
         partita_file_replace_bytes(folder->log_path, text, kept, error);
}

static void
remove_events(const PartitaRunFolder *folder)
{
  g_autoptr(GDir) dir = g_dir_open(folder->path, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
    if (g_str_has_prefix(name, EVENTS_PREFIX)) {
      g_autofree char *path = g_build_filename(folder->path, name, NULL);

      (void)g_unlink(path);
    }
}

static bool
start_events(PartitaRunFolder *folder,
             uint64_t step,
             double wall_s,
             GError **error)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new();

  g_free(folder->events_path);
  folder->events_path = g_strdup_printf("%s" G_DIR_SEPARATOR_S EVENTS_PREFIX
                                        "%010.0f.partita.%" G_GUINT64_FORMAT,
                                        folder->path, floor(wall_s), step);
  folder->events =
    g_open(folder->events_path,
           O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
  if (folder->events < 0)
    return fail(error, errno, "write", folder->events_path);
  partita_events_append_version(bytes, wall_s);
  if (step > 0)
    partita_events_append_restart(bytes, wall_s, step + 1);
  return append(folder->events, bytes->data, bytes->len, folder->events_path,
                error);
}

bool
partita_run_folder_start_logs(PartitaRunFolder *folder,
                              uint64_t step,
                              double wall_s,
                              GError **error)
{
  close_file(&folder->events);
  close_file(&folder->log);
  if (step == 0)
    remove_events(folder);
  if (!cut_log(folder, step, error))
    return false;
  folder->log = g_open(folder->log_path, O_WRONLY | O_APPEND | O_CLOEXEC, 0666);
  if (folder->log < 0)
    return fail(error, errno, "write", folder->log_path);
  return start_events(folder, step, wall_s, error);
}

// JSON has no NaN, and takes a point whatever the locale.
static void
add_number(GString *line, const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isfinite(value))
    g_ascii_formatd(text, sizeof text, "%.9g", value);
  g_string_append_printf(line, ",\"%s\":%s", name,
                         isfinite(value) ? text : "null");
}

static bool
log_line(const PartitaRunFolder *folder,
         const PartitaTrainStatus *status,
         double elapsed_s,
         GError **error)
{
  g_autoptr(GString) line = g_string_new(LINE_BEGIN);

  g_string_append_printf(line, "%" G_GUINT64_FORMAT, status->step);
  add_number(line, "epoch", status->epoch);
  add_number(line, "loss", status->loss);
  add_number(line, "valid_loss",
             status->evaluated ? status->valid_loss : (double)NAN);
  add_number(line, "learning_rate", status->learning_rate);
  add_number(line, "gradient_norm", status->gradient_norm);
  add_number(line, "tokens_per_s", status->tokens_per_s);
  add_number(line, "seconds", elapsed_s);
  g_string_append(line, "}\n");
  return append(folder->log, line->str, line->len, folder->log_path, error);
}

static bool
log_events(const PartitaRunFolder *folder,
           const PartitaTrainStatus *status,
           double wall_s,
           GError **error)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  const PartitaEventScalar scalars[] = {
    {"loss/train", status->loss},
    {"learning_rate", status->learning_rate},
    {"gradient_norm", status->gradient_norm},
    {"tokens_per_s", status->tokens_per_s},
    {"loss/valid", status->valid_loss},
  };
  const size_t n = G_N_ELEMENTS(scalars) - (status->evaluated ? 0 : 1);

  partita_events_append_scalars(bytes, wall_s, status->step, scalars, n);
  return append(folder->events, bytes->data, bytes->len, folder->events_path,
                error);
}

bool
partita_run_folder_log(PartitaRunFolder *folder,
                       const PartitaTrainStatus *status,
                       double elapsed_s,
                       double wall_s,
                       GError **error)
{
  return log_line(folder, status, elapsed_s, error) &&
         log_events(folder, status, wall_s, error);
}
