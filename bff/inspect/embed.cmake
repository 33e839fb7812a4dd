# Writes ${OUT}, a C file with the bytes of the web files ${FILES} (separated by commas), each with an
# ETag that is a hash of them, and the table inspect_files. So a program has its pages inside:
#   cmake -DOUT=inspect_files_table.c -DFILES=index.html,page.css -P bff/inspect/embed.cmake
string(REPLACE "," ";" FILES "${FILES}")
set(texts "")
set(rows "")
set(count 0)
foreach(file ${FILES})
    cmake_path(GET file FILENAME name)
    file(READ ${file} hex HEX)
    file(SHA256 ${file} hash)
    string(SUBSTRING ${hash} 0 32 hash)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
    string(APPEND texts "static const unsigned char file_${count}[] = {${bytes}};\n")
    string(APPEND rows "    {\"${name}\", \"\\\"${hash}\\\"\", (const char *)file_${count}, sizeof(file_${count})},\n")
    math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUT} "#include \"bff/app/inspect_files.h\"\n\n${texts}
const struct inspect_file inspect_files[] = {\n${rows}    {0},\n};\n")
