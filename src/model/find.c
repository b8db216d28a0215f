// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <model/model-private.h>
#include <string.h>

#define FILE_NAME "partita.safetensors"

/// Where the program lies in the folder it was built in.
#define PROGRAM_FOLDER G_DIR_SEPARATOR_S "src" G_DIR_SEPARATOR_S "cli"

char *
partita_model_search(const char *const *folders, GError **error)
{
  for (size_t i = 0; folders[i] != NULL; ++i) {
    g_autofree char *path = g_build_filename(folders[i], FILE_NAME, NULL);

    if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
      return g_steal_pointer(&path);
  }
  g_set_error_literal(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_NONE,
                      "no model is installed, and neither an option nor "
                      "PARTITA_MODEL names one");
  return NULL;
}

char *
partita_model_find_built(const char *program)
{
  g_autofree char *folder = g_path_get_dirname(program);

  if (!g_str_has_suffix(folder, PROGRAM_FOLDER))
    return NULL;
  folder[strlen(folder) - strlen(PROGRAM_FOLDER)] = '\0';
  return g_build_filename(folder, "models", NULL);
}

char *
partita_model_find_installed(const char *program)
{
  g_autofree char *folder = g_path_get_dirname(program);
  g_autofree char *name = g_path_get_basename(folder);
  g_autofree char *prefix = g_path_get_dirname(folder);

  return strcmp(name, "bin") == 0
           ? g_build_filename(prefix, "share", "partita", "models", NULL)
           : NULL;
}

static void
add_folders(GPtrArray *folders)
{
  const char *const *data = g_get_system_data_dirs();
  g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
  char *built = program != NULL ? partita_model_find_built(program) : NULL;
  char *installed =
    program != NULL ? partita_model_find_installed(program) : NULL;

  if (built != NULL)
    g_ptr_array_add(folders, built);
  if (installed != NULL)
    g_ptr_array_add(folders, installed);
  g_ptr_array_add(folders, g_strdup(PARTITA_DATADIR "/models"));
  g_ptr_array_add(folders, g_build_filename(g_get_user_data_dir(), "partita",
                                            "models", NULL));
  for (size_t i = 0; data[i] != NULL; ++i)
    g_ptr_array_add(folders,
                    g_build_filename(data[i], "partita", "models", NULL));
  g_ptr_array_add(folders, NULL);
}

char *
partita_model_find(const char *wish, GError **error)
{
  const char *named = g_getenv("PARTITA_MODEL");
  g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(g_free);

  if (wish != NULL)
    return g_strdup(wish);
  if (named != NULL && *named != '\0')
    return g_strdup(named);
  add_folders(folders);
  return partita_model_search((const char *const *)folders->pdata, error);
}
