/* A thread with a queue. A capability returns at once and a service may block, so a function that
 * the host calls puts a job here and the thread does it.
 *
 * Jobs are done in the order in which they came. worker_stop waits for the queue to be empty, so
 * that no reply stays open. */
#ifndef DUTY_DAY_WORKER_H
#define DUTY_DAY_WORKER_H

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host_api/crm_plugin.h"

typedef struct job job;
struct job {
  job* next;
  void (*perform)(void* owner, const job*);
  crm_reply* reply; /* NULL for a notification */
  int64_t fence;
  crm_str first, second; /* copies, behind the job in the same memory */
};

typedef struct worker {
  pthread_t thread;
  pthread_mutex_t mutex; /* guards what follows */
  pthread_cond_t changed;
  job *oldest, *newest;
  bool running, busy, stopping;
  void* owner;
} worker;

/* Answers a request with a status and a sentence. */
static inline void answer(crm_reply* reply, crm_status status, crm_str body) {
  if (reply) reply->send(reply, status, body);
}

static inline void* worker_loop(void* arg) {
  worker* w = arg;
  pthread_mutex_lock(&w->mutex);
  for (;;) {
    while (!w->oldest && !w->stopping) pthread_cond_wait(&w->changed, &w->mutex);
    if (!w->oldest) break;
    job* j = w->oldest;
    w->oldest = j->next;
    if (!w->oldest) w->newest = NULL;
    w->busy = true;
    pthread_mutex_unlock(&w->mutex);
    j->perform(w->owner, j);
    free(j);
    pthread_mutex_lock(&w->mutex);
    w->busy = false;
    pthread_cond_broadcast(&w->changed);
  }
  pthread_mutex_unlock(&w->mutex);
  return NULL;
}

static inline void worker_init(worker* w, void* owner) {
  *w = (worker){.owner = owner};
  pthread_mutex_init(&w->mutex, NULL);
  pthread_cond_init(&w->changed, NULL);
}

static inline void worker_free(worker* w) {
  pthread_cond_destroy(&w->changed);
  pthread_mutex_destroy(&w->mutex);
}

/* false: it runs already, or there is no thread to be had. */
static inline bool worker_start(worker* w) {
  if (w->running) return false;
  w->stopping = false;
  w->running = pthread_create(&w->thread, NULL, &worker_loop, w) == 0;
  return w->running;
}

/* Takes the request over: it is answered by the job, or here if there is no memory for one. */
static inline void worker_post(worker* w, void (*perform)(void*, const job*), crm_reply* reply,
                               int64_t fence, crm_str first, crm_str second) {
  job* j = malloc(sizeof *j + first.size + second.size);
  if (!j) {
    answer(reply, CRM_UNAVAILABLE, (crm_str){"out of memory", 13});
    return;
  }
  char* bytes = (char*)(j + 1);
  if (first.size > 0) memcpy(bytes, first.data, first.size);
  if (second.size > 0) memcpy(bytes + first.size, second.data, second.size);
  *j = (job){.perform = perform, .reply = reply, .fence = fence,
             .first = {bytes, first.size}, .second = {bytes + first.size, second.size}};
  pthread_mutex_lock(&w->mutex);
  if (w->newest) w->newest->next = j;
  else w->oldest = j;
  w->newest = j;
  pthread_cond_broadcast(&w->changed);
  pthread_mutex_unlock(&w->mutex);
}

/* Waits until the queue is empty and ends the thread. false: that did not happen within
 * deadline_ms, and the thread goes on as if nothing had been asked. */
static inline bool worker_stop(worker* w, uint32_t deadline_ms) {
  struct timespec until;
  if (timespec_get(&until, TIME_UTC) == 0) return false;
  until.tv_sec += deadline_ms / 1000;
  until.tv_nsec += (long)(deadline_ms % 1000) * 1000000L;
  if (until.tv_nsec >= 1000000000L) {
    until.tv_sec += 1;
    until.tv_nsec -= 1000000000L;
  }
  pthread_mutex_lock(&w->mutex);
  while (w->oldest || w->busy) {
    if (pthread_cond_timedwait(&w->changed, &w->mutex, &until) == ETIMEDOUT) {
      const bool idle = !w->oldest && !w->busy;
      if (idle) break;
      pthread_mutex_unlock(&w->mutex);
      return false;
    }
  }
  w->stopping = true;
  pthread_cond_broadcast(&w->changed);
  pthread_mutex_unlock(&w->mutex);
  pthread_join(w->thread, NULL);
  w->running = false;
  return true;
}

#endif
