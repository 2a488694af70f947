# Imports Arrow's parquet reader from the unpacked pyarrow wheel in TESSERA_DEPS as the target `arrow_parquet`.

set(arrow_root "${TESSERA_DEPS}/pyarrow")
if(NOT EXISTS "${arrow_root}/include/parquet/file_reader.h")
  message(FATAL_ERROR "Arrow is not in ${arrow_root}. Run scripts/setup.sh (with --no-native for the harness alone).")
endif()
file(STRINGS "${arrow_root}/include/arrow/util/config.h" arrow_version REGEX "define ARROW_SO_VERSION")
string(REGEX REPLACE ".*\"(.*)\".*" "\\1" arrow_version "${arrow_version}")

# The install tree needs both files; libparquet finds libarrow beside it.
set(TESSERA_ARROW_LIBRARIES "${arrow_root}/libarrow.so.${arrow_version}" "${arrow_root}/libparquet.so.${arrow_version}")
foreach(name arrow parquet)
  add_library(arrow_${name} SHARED IMPORTED)
  set_target_properties(arrow_${name} PROPERTIES
    IMPORTED_LOCATION "${arrow_root}/lib${name}.so.${arrow_version}"
    INTERFACE_INCLUDE_DIRECTORIES "${arrow_root}/include")
endforeach()
target_link_libraries(arrow_parquet INTERFACE arrow_arrow)
