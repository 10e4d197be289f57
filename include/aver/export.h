#pragma once

/// Marks what programs that link the installed library may use.
#define AVER_API __attribute__((visibility("default")))
