/* Emotion recognition with trained models, for C (C99 and later) and for whatever calls C.

   Every function may be called from any thread. Calls with the same aver_models wait for one
   another; for more at a time open the models several times. No exception leaves a function: what
   could not be done is its result, and aver_error() says in a sentence what was tried, on which
   file, and what to do. All text is UTF-8, but for names of files, which are the system's bytes. */
#ifndef AVER_AVER_H
#define AVER_AVER_H

#include <stddef.h>
#include <stdint.h>

#include "aver/export.h"
#include "aver/version.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum aver_status {
  AVER_OK = 0,
  AVER_FAILED = 1,   /* the file, the model or the machine */
  AVER_BAD_USAGE = 2 /* what was asked for cannot be */
} aver_status;

/* Models that are open. */
typedef struct aver_models aver_models;
/* What they say of one clip. */
typedef struct aver_answer aver_answer;

/* What went wrong in this thread's last call that did not return AVER_OK; "" when nothing did. It
   stands until the next such call. */
AVER_API const char* aver_error(void);
/* That of the library, such as "0.1.0". */
AVER_API const char* aver_version(void);

/* Which models. What is 0 is not given; begin with {.size = sizeof(aver_choice)}, so that a later
   library knows which fields there are. */
typedef struct aver_choice {
  size_t size;            /* sizeof(aver_choice) */
  const char* visual;     /* a model file or the folder of a finished run */
  const char* audio;      /* the same; one of the two must be given */
  const char* rule;       /* "max-confidence" (as 0), "mean" or "product" */
  const char* fusion;     /* fusion.json of aver-evaluate-fusion, in place of a rule */
  const char* encoder;    /* the speaker encoder that an audio model needs */
  const char* enrol_from; /* other clips of the one person that is asked about */
  const char* device;     /* "auto" (as 0), "cpu" or "cuda" */
  size_t threads;         /* 0 = the CPUs this process may use */
} aver_choice;

/* Opens models. `*models` is set when AVER_OK is returned, and is closed with aver_close(). */
AVER_API aver_status aver_open(const aver_choice* choice, aver_models** models);
/* Does nothing with a null pointer. Answers stay valid. */
AVER_API void aver_close(aver_models* models);

/* How many emotions there are, and the name of each; null behind the last. */
AVER_API size_t aver_class_count(const aver_models* models);
AVER_API const char* aver_class_name(const aver_models* models, size_t index);

/* What to take from a clip. A null pointer stands for {sizeof(aver_reading)}: all of it, as one. */
typedef struct aver_reading {
  size_t size;         /* sizeof(aver_reading) */
  double window;       /* seconds of each window of a timeline, 0.5 to 3600; 0 = no timeline */
  double hop;          /* from the start of one to that of the next; 0 = a third of a window */
  int without_picture; /* 1 = listen alone */
  int without_sound;   /* 1 = look alone */
} aver_reading;

/* What the models say of a recording or picture in any format that aver reads: of a file, or of
   `count` bytes that `name` is what errors call. `*answer` is set when AVER_OK is returned, and is
   freed with aver_answer_free(). The numbers are those of aver-predict, to the last decimal. */
AVER_API aver_status aver_predict_file(aver_models* models, const char* path,
                                       const aver_reading* reading, aver_answer** answer);
AVER_API aver_status aver_predict_bytes(aver_models* models, const void* bytes, size_t count,
                                        const char* name, const aver_reading* reading,
                                        aver_answer** answer);

/* A clip that the program has decoded or recorded itself: samples, pictures, or both, the first of
   each at the same moment. Begin with {sizeof(aver_clip)}. */
typedef struct aver_clip {
  size_t size;      /* sizeof(aver_clip) */
  const char* name; /* what errors call it; may be null */
  /* Of all channels in turn. Full scale is [-1, 1): samples of 16 bits are value / 32768. */
  const float* samples;
  size_t frames; /* samples of each channel */
  int channels;
  int sample_rate_hz;
  const uint8_t* const* pictures; /* each `height` rows of `width` pixels of blue, green, red */
  size_t picture_count;
  int width;
  int height;
  size_t row_bytes; /* from row to row; 0 = 3 * width */
  double pictures_per_second;
} aver_clip;

AVER_API aver_status aver_predict_clip(aver_models* models, const aver_clip* clip,
                                       const aver_reading* reading, aver_answer** answer);

AVER_API void aver_answer_free(aver_answer* answer);

/* An answer has one part for the whole clip, part 0, and one for each window, in their order. */
AVER_API size_t aver_part_count(const aver_answer* answer);
/* Seconds from the start of the clip. */
AVER_API double aver_part_start(const aver_answer* answer, size_t part);
AVER_API double aver_part_end(const aver_answer* answer, size_t part);
/* The likeliest emotion; "" where there was nothing to look at or to listen to. */
AVER_API const char* aver_part_emotion(const aver_answer* answer, size_t part);
/* Its probability. */
AVER_API double aver_part_confidence(const aver_answer* answer, size_t part);
/* "audio", "visual" or "both". */
AVER_API const char* aver_part_decided_by(const aver_answer* answer, size_t part);

/* Which distribution of a part. */
typedef enum aver_modality { AVER_FUSED = 0, AVER_VISUAL = 1, AVER_AUDIO = 2 } aver_modality;
/* The probability of each emotion, in the order of aver_class_name(); null for a modality that is
   missing. Valid as long as the answer. */
AVER_API const double* aver_part_distribution(const aver_answer* answer, size_t part,
                                              aver_modality modality);

/* What a person must know to judge the answer, such as "no sound: visual decides alone"; null
   behind the last. */
AVER_API const char* aver_remark(const aver_answer* answer, size_t index);

#ifdef __cplusplus
}
#endif
#endif
