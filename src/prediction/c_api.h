#pragma once

#include "aver/aver.h"
