@echo off
title xxgk
set "PATH=%~dp0;%PATH%"
rem The folder that was dropped on this file; else xxgk-rounds beside the program's own, which a newer one replaces.
set "PLACE=%~1"
if "%PLACE%"=="" for %%I in ("%~dp0..\xxgk-rounds") do set "PLACE=%%~fI"
"%~dp0python\python.exe" -m xxgk open "%PLACE%"
if errorlevel 1 pause
