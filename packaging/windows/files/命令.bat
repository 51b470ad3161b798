@echo off
title xxgk
set "PATH=%~dp0;%PATH%"
if not "%~1"=="" cd /d "%~1"
call xxgk.bat --help
cmd /k
